import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { heldWord } from '../load/case-message.js';
import { LineLog } from './line-log.js';
import type { ToolFaultKind, ToolSend } from './tool-send.js';

interface ToolFault {
  number: number;
  kind: ToolFaultKind;
  /** For `late`: milliseconds. */
  afterMs: number;
}

interface SentCall {
  tool: string;
  arguments: { call: string; by?: string };
  tenant_id: string;
  run_id: string;
}

const NOTHING_WRONG = { number: undefined, kind: undefined, afterMs: 0 };

/** The world that tools act on, as the witness of what reached it. Answers at `/tools/<name>`. */
export class ToolOracle {
  readonly #server: Server;
  readonly #log: LineLog<ToolSend>;
  readonly #onHit: (fault: number) => void;
  readonly #faults: ToolFault[] = [];

  private constructor(server: Server, log: string, onHit: (fault: number) => void) {
    this.#server = server;
    this.#log = new LineLog(log);
    this.#onHit = onHit;
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(options: { log: string; onHit(fault: number): void }): Promise<ToolOracle> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ToolOracle(server, options.log, options.onHit);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  order(fault: ToolFault): void {
    this.#faults.push(fault);
  }

  /** Takes back what has not met a request yet. */
  cancel(fault: number): void {
    const index = this.#faults.findIndex(({ number }) => number === fault);
    if (index >= 0) this.#faults.splice(index, 1);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = JSON.parse(await text(request)) as SentCall;
    const { number, kind, afterMs } = this.#faults.shift() ?? NOTHING_WRONG;
    const reply = replyOf(kind);
    this.#log.add({
      at: Date.now(),
      tool: call.tool,
      call: call.arguments.call,
      ...(call.arguments.by !== undefined && { by: call.arguments.by }),
      key: String(request.headers['idempotency-key'] ?? ''),
      runId: call.run_id,
      tenantId: call.tenant_id,
      done: kind !== 'error-before' && kind !== 'hang-before',
      reply,
      ...(number !== undefined && { fault: number }),
    });
    if (number !== undefined) this.#onHit(number);
    if (kind === 'late') await sleep(afterMs);
    if (kind === 'lost-reply') request.socket.resetAndDestroy();
    else if (reply === 'error') response.writeHead(500).end('the tool server is broken');
    else if (reply === 'answered') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ done: call.arguments.call, code: heldWord('secret', call.arguments.call) }));
    }
  }
}

function replyOf(kind: ToolFaultKind | undefined): ToolSend['reply'] {
  if (kind === 'error-before' || kind === 'error-after') return 'error';
  return kind === undefined || kind === 'late' ? 'answered' : 'nothing';
}
