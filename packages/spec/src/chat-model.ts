import type { ModelId } from '@troupe/contracts';
import type { ModelCapabilities } from './model-capabilities.js';
import type { ModelEvent } from './model-event.js';
import type { ModelRequest } from './model-request.js';
import type { ModelResponse } from './model-response.js';

/** What holds for one call of a model. */
export interface ModelCallOptions {
  /** Aborting it ends the provider's work at once; the call then throws the signal's reason. */
  signal?: AbortSignal;
  /** Which of the provider's keys to use: one of `accounts`. Absent: the first. */
  account?: string;
}

/** The events of one answer, to be read once. */
export interface ModelEvents extends AsyncIterable<ModelEvent> {
  /**
   * In place of iterating: tells each event in the moment in which it arrives, so that a token costs no promise. What the
   * listener throws ends the call. Absent where a model can only be iterated.
   */
  forEach?(listener: (event: ModelEvent) => void): Promise<void>;
}

/**
 * One model of one provider. Adapters translate; they do not retry, limit, price or log.
 *
 * Both methods throw only TroupeError (codes `provider_*`, `model_not_found`) or the abort reason. A body that ends
 * without the provider's own end marker is `provider_stream_interrupted`, never an answer.
 */
export interface ChatModel {
  readonly id: ModelId;

  /** One entry for each key of the provider, in order of preference: a short hash, never the key. */
  readonly accounts: readonly string[];

  readonly capabilities: ModelCapabilities;

  generate(request: ModelRequest, options?: ModelCallOptions): Promise<ModelResponse>;

  /** Yields deltas as they arrive and, last and exactly once, `completed` with the assembled response. */
  stream(request: ModelRequest, options?: ModelCallOptions): ModelEvents;
}
