import { setTimeout } from 'node:timers/promises';
import type { ContentPart, ModelId } from '@troupe/contracts';
import type {
  ChatModel,
  ModelCallOptions,
  ModelCapabilities,
  ModelEvent,
  ModelRequest,
  ModelResponse,
} from '@troupe/spec';
import { estimateUsage } from '../shared/estimate-usage.js';
import { refuseRequest } from '../shared/refuse-request.js';
import { answerDemoRequest } from './answer-demo-request.js';

/** Makes whatever it is asked for. */
const demoCapabilities: ModelCapabilities = {
  structuredOutput: 'json_schema',
  tools: true,
  toolChoice: true,
  images: true,
  files: true,
  promptCache: 'none',
  metersOutput: 'as_written',
  metersCachedInput: true,
  batches: false,
};

export interface DemoModelOptions {
  id: ModelId;
  /** Milliseconds between two words of a streamed answer, so that streaming can be seen. */
  wordDelayMs: number;
}

/** Answers without any provider. */
export class DemoModel implements ChatModel {
  readonly id: ModelId;
  readonly accounts = ['none'];
  readonly capabilities = demoCapabilities;

  constructor(readonly options: DemoModelOptions) {
    this.id = options.id;
  }

  async generate(request: ModelRequest, { signal }: ModelCallOptions = {}): Promise<ModelResponse> {
    signal?.throwIfAborted();
    refuseConstraint(request);
    return toResponse(request, answerDemoRequest(request));
  }

  async *stream(request: ModelRequest, { signal }: ModelCallOptions = {}): AsyncGenerator<ModelEvent, void, undefined> {
    signal?.throwIfAborted();
    refuseConstraint(request);
    const content = answerDemoRequest(request);
    let calls = 0;
    for (const part of content) {
      if (part.type === 'text') {
        for (const delta of part.text.match(/\s*\S+|\s+$/g) ?? []) {
          await this.#pause(signal);
          yield { type: 'text.delta', delta };
        }
      } else if (part.type === 'tool_call') {
        const index = calls;
        calls += 1;
        yield { type: 'tool_call.started', index, id: part.id, name: part.name };
        await this.#pause(signal);
        yield { type: 'tool_call.delta', index, delta: JSON.stringify(part.arguments) };
      }
    }
    yield { type: 'completed', response: toResponse(request, content) };
  }

  /** @throws the signal's reason */
  async #pause(signal: AbortSignal | undefined): Promise<void> {
    try {
      await setTimeout(this.options.wordDelayMs, undefined, { signal });
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  }
}

/** @throws TroupeError */
function refuseConstraint({ outputConstraint }: ModelRequest): void {
  if (outputConstraint === undefined) return;
  throw refuseRequest(`The demo cannot hold an answer to a ${outputConstraint.type}. Configure a server that can.`);
}

function toResponse(request: ModelRequest, content: ContentPart[]): ModelResponse {
  const hasCalls = content.some((part) => part.type === 'tool_call');
  const raw = hasCalls ? 'tool_calls' : 'stop';
  return { content, finish: { reason: raw, raw }, usage: { ...estimateUsage(request, content), cost: 0 } };
}
