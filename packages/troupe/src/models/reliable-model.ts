import { type CallResult, Channel, ModelCaller, type PlannedCall } from '@troupe/agent';
import { newId, TroupeError } from '@troupe/contracts';
import { limitFeedbackOf } from '@troupe/providers';
import { MemoryCircuitBreakers, RateLimiter, scopeOfKey, systemClock } from '@troupe/rate-limiter';
import type {
  ChatModel,
  ModelCallOptions,
  ModelCapabilities,
  ModelEvent,
  ModelRequest,
  ModelResponse,
} from '@troupe/spec';
import { warnOf } from '../warn-of.js';
import { modelRoutes } from './model-routes.js';

/** What is done so that a call ends well. */
export interface ReliabilityOptions {
  /** Counts every call under `provider:model`. Give the same one to all agents that share a key. Absent: no limits. */
  limiter?: RateLimiter;
  /** Further tries of a model that failed before it said anything; 2 unless told. */
  retries?: number;
  /** How long a call waits for limits, its own and its provider's, all in all; 60,000 unless told. Milliseconds. */
  maxWaitMs?: number;
}

export interface ReliableModelOptions extends ReliabilityOptions {
  model: ChatModel;
  /** Asked in this order when those before them cannot answer. Each id once. */
  fallbackModels?: readonly ChatModel[];
}

/** Made once: an error of its own would be the dearest thing in a call that ends well. */
const LEFT = new Error('Nobody reads the answer any more.');

const RETRIES = 2;
const MAX_WAIT_MS = 60_000;

/**
 * A model that is called as a server calls it: within limits, again after passing trouble, and with others in its place when
 * it cannot answer. A route that fails too often rests for a while: that is remembered here, so keep the model for as long
 * as the process runs. Before the first word of an answer it changes models without a sign; after it the error is the caller's.
 */
export class ReliableModel implements ChatModel {
  readonly #options: ReliableModelOptions;
  #caller: ModelCaller | undefined;

  /** @throws TroupeError `invalid_request` when two models have the same id. */
  constructor(options: ReliableModelOptions) {
    this.#options = options;
    modelRoutes(this.#models);
  }

  get id(): string {
    return this.#options.model.id;
  }

  get accounts(): readonly string[] {
    return this.#options.model.accounts;
  }

  get capabilities(): ModelCapabilities {
    return this.#options.model.capabilities;
  }

  get #models(): readonly ChatModel[] {
    const { model, fallbackModels = [] } = this.#options;
    return [model, ...fallbackModels];
  }

  /** @throws TroupeError of the last model that was asked, or `deadline_exceeded` when limits held the call too long. */
  async generate(request: ModelRequest, { signal }: ModelCallOptions = {}): Promise<ModelResponse> {
    return this.#call({ request, signal: signal ?? new AbortController().signal });
  }

  async *stream(request: ModelRequest, { signal }: ModelCallOptions = {}): AsyncGenerator<ModelEvent> {
    const channel = new Channel<ModelEvent>();
    const left = new AbortController();
    const calling = this.#call({
      request,
      signal: signal ? AbortSignal.any([signal, left.signal]) : left.signal,
      onModelEvent: (event) => channel.push(event),
    }).then(
      (response) => {
        channel.push({ type: 'completed', response });
        channel.end();
      },
      (error: unknown) => channel.fail(error),
    );
    try {
      yield* channel;
    } finally {
      left.abort(LEFT);
      await calling;
    }
  }

  /** Waits out the limits that hold the call. */
  async #call(call: Pick<PlannedCall, 'request' | 'signal' | 'onModelEvent'>): Promise<ModelResponse> {
    const { retries = RETRIES, maxWaitMs = MAX_WAIT_MS } = this.#options;
    const routes = this.#models.map(({ id }) => id);
    const common = { ...call, routes, tenant: 'local', priority: 'interactive' as const, retries };
    this.#caller ??= this.#createCaller();
    const until = systemClock.now() + maxWaitMs;
    for (let id = newId(); ; ) {
      const patienceMs = Math.min(PATIENCE_MS, Math.max(0, until - systemClock.now()));
      const result = await this.#caller.call({ ...common, id, patienceMs });
      if (result.type === 'answered') return result.response;
      if (result.type === 'failed') throw result.error;
      if (systemClock.now() + result.waitMs > until) throw heldTooLong(result, maxWaitMs);
      await systemClock.sleep(result.waitMs, call.signal);
      call.signal.throwIfAborted();
      // Who only waited keeps its place in the line; what was sent is another call.
      if (result.attempts.length > 0) id = newId();
    }
  }

  #createCaller(): ModelCaller {
    const limiter = this.#options.limiter ?? new RateLimiter({});
    return new ModelCaller({
      models: modelRoutes(this.#models),
      limiter: limiter.calls,
      rules: { scopeOf: (model) => scopeOfKey(model.replace('/', ':')), limitsOf: () => this.#options.limiter?.limits },
      breakers: new MemoryCircuitBreakers(),
      clock: systemClock,
      random: Math.random,
      feedbackOf: limitFeedbackOf,
      onTrouble: warnOf,
    });
  }
}

/** How long a call waits for its first choice before others are asked. Milliseconds. */
const PATIENCE_MS = 2_000;

function heldTooLong({ waitMs, dimension, model, attempts }: Extract<CallResult, { type: 'held' }>, maxWaitMs: number) {
  return new TroupeError({
    code: 'deadline_exceeded',
    fault: dimension === 'penalty' ? 'upstream' : 'caller',
    retryable: true,
    retryAfterMs: waitMs,
    message:
      `The limits of ${model} hold this call for another ${Math.ceil(waitMs / 1_000)} s (${dimension}), longer than ` +
      `maxWaitMs allows (${maxWaitMs} ms). Try again then, raise it, or name fallbackModels.`,
    details: { model, dimension, wait_ms: waitMs },
    cause: attempts.at(-1)?.error,
  });
}
