import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { LimitReadings } from './limits/simulated-limits.js';
import { readBody } from './read-body.js';
import type { RequestRecorder } from './recording/request-recorder.js';
import type { ReplyChooser } from './replies/choose-reply.js';
import { simulatedReplySchema } from './replies/simulated-reply.js';
import { simulatorRuleSchema } from './simulator-rule.js';

export const controlPrefix = '/__simulator/';

const rulesSchema = z.array(simulatorRuleSchema);
const scriptSchema = z.union([z.array(simulatedReplySchema), simulatedReplySchema.transform((reply) => [reply])]);

/** Drives the simulator from another process: `GET|POST /__simulator/requests|rules|script|reset|stats|limits`. */
export class ControlEndpoint {
  constructor(
    private readonly recorder: RequestRecorder,
    private readonly chooser: ReplyChooser,
    private readonly reset: () => void,
    private readonly limits: () => LimitReadings,
  ) {}

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '', 'http://simulator');
    const route = `${message.method} ${url.pathname.slice(controlPrefix.length)}`;
    try {
      const body = message.method === 'POST' ? await readBody(message) : '';
      const answer = this.#answer(route, url, body);
      if (answer === undefined) return send(response, 404, { error: `no such route: ${route}` });
      return send(response, 200, answer);
    } catch (error) {
      return send(response, 400, { error: error instanceof z.ZodError ? z.prettifyError(error) : String(error) });
    }
  }

  #answer(route: string, url: URL, body: string): unknown {
    switch (route) {
      case 'GET requests':
        return this.#requests(url);
      case 'GET stats':
        return this.recorder.stats();
      case 'GET limits':
        return this.limits();
      case 'GET rules':
        return this.chooser.rules;
      case 'POST rules':
        this.chooser.setRules(rulesSchema.parse(JSON.parse(body)));
        return { rules: this.chooser.rules.length };
      case 'GET script':
        return this.chooser.script;
      case 'POST script':
        this.chooser.addScript(scriptSchema.parse(JSON.parse(body)));
        return { script: this.chooser.script.length };
      case 'POST reset':
        this.reset();
        return { reset: true };
      default:
        return undefined;
    }
  }

  /** The recorded requests, oldest first; `?provider=` and `?limit=` narrow them to the newest of one provider. */
  #requests(url: URL): unknown {
    const provider = url.searchParams.get('provider');
    const limit = Number(url.searchParams.get('limit') ?? Number.POSITIVE_INFINITY);
    const requests = this.recorder.requests.filter((request) => provider === null || request.provider === provider);
    return limit > 0 ? requests.slice(-limit) : [];
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
