import type { ModelId } from '@troupe/contracts';
import type {
  ChatModel,
  ModelCallOptions,
  ModelCapabilities,
  ModelEvent,
  ModelRequest,
  ModelResponse,
} from '@troupe/spec';
import { deepFreeze } from './deep-freeze.js';
import { eventsOf } from './events-of.js';
import type { ScriptedTurn } from './scripted-turn.js';

export interface ScriptedModelOptions {
  id?: ModelId;
  accounts?: readonly string[];
  /** Where it can do less than everything. */
  capabilities?: Partial<ModelCapabilities>;
}

const capableOfAll: ModelCapabilities = {
  structuredOutput: 'json_schema',
  tools: true,
  toolChoice: true,
  images: true,
  files: true,
  promptCache: 'automatic',
  metersOutput: 'as_written',
  metersCachedInput: true,
  batches: false,
};

/**
 * A chat model that plays a script: one turn a call, in order. It is strict, so that a test cannot pass by accident:
 * a call that the script does not expect throws, and `assertDone` throws while turns are left.
 */
export class ScriptedModel implements ChatModel {
  readonly id: ModelId;
  readonly accounts: readonly string[];
  readonly capabilities: ModelCapabilities;
  readonly #script: ScriptedTurn[];
  readonly #requests: ModelRequest[] = [];

  constructor(script: Iterable<ScriptedTurn> = [], options: ScriptedModelOptions = {}) {
    this.#script = [...script];
    this.id = options.id ?? 'scripted/model';
    this.accounts = options.accounts ?? ['none'];
    this.capabilities = { ...capableOfAll, ...options.capabilities };
  }

  /** Every request so far, as it was when the call came: frozen copies. */
  get requests(): readonly ModelRequest[] {
    return this.#requests;
  }

  enqueue(...turns: ScriptedTurn[]): void {
    this.#script.push(...turns);
  }

  /** @throws Error while turns of the script have not been asked for. */
  assertDone(): void {
    if (this.#script.length === 0) return;
    throw new Error(`${this.id}: ${this.#script.length} scripted turn(s) were never asked for.`);
  }

  async generate(request: ModelRequest, options: ModelCallOptions = {}): Promise<ModelResponse> {
    for await (const event of this.stream(request, options)) if (event.type === 'completed') return event.response;
    throw new Error(`${this.id}: a scripted stream without a completed event cannot answer generate().`);
  }

  async *stream(request: ModelRequest, { signal }: ModelCallOptions = {}): AsyncGenerator<ModelEvent> {
    const turn = this.#next(request);
    signal?.throwIfAborted();
    for (const event of eventsOf(turn)) {
      yield event;
      signal?.throwIfAborted();
    }
    if (turn.type === 'error') throw turn.error;
    if (turn.type === 'hang') await untilAborted(signal);
  }

  #next(request: ModelRequest): Exclude<ScriptedTurn, { type: 'reply' }> {
    const recorded = deepFreeze(structuredClone(request));
    this.#requests.push(recorded);
    let turn = this.#script.shift();
    if (!turn) throw new Error(`${this.id}: call ${this.#requests.length} was not expected, the script is over.`);
    while (turn.type === 'reply') turn = turn.reply(recorded);
    return turn;
  }
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  if (!signal) throw new Error('A scripted hang needs a signal that ends it.');
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
