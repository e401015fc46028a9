import type { ModelId } from '@troupe/contracts';
import type { ModelEvent } from './model-event.js';
import type { ModelRequest } from './model-request.js';
import type { ModelResponse } from './model-response.js';

export interface ModelCallOptions {
  /** Aborting it ends the provider's work at once; the call then throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * One model of one provider. Adapters translate; they do not retry, limit, price or log.
 *
 * Both methods throw only TroupeError (codes `provider_*`, `model_not_found`) or the abort reason. A body that ends
 * without the provider's own end marker is `provider_stream_interrupted`, never an answer.
 */
export interface ChatModel {
  readonly id: ModelId;

  generate(request: ModelRequest, options?: ModelCallOptions): Promise<ModelResponse>;

  /** Yields deltas as they arrive and, last and exactly once, `completed` with the assembled response. */
  stream(request: ModelRequest, options?: ModelCallOptions): AsyncIterable<ModelEvent>;
}
