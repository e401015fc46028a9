import { estimateTextTokens } from '@troupe/agent';
import { newId, TroupeError } from '@troupe/contracts';
import { limitFeedbackOf } from '@troupe/providers';
import { systemClock } from '@troupe/rate-limiter';
import type { EmbeddingModel, EmbeddingRequest, EmbeddingResponse } from '@troupe/spec';
import { heldTooLong } from './held-too-long.js';
import type { ModelCalls } from './model-calls.js';

/** Nobody parks a caller who waits at the other end of a connection. */
const PATIENCE_MS = 10_000;

export interface EmbedOptions {
  tenant: string;
  signal: AbortSignal;
}

/**
 * Asks an embedding model within its limits.
 * @throws TroupeError of the model, or `provider_rate_limited` when a limit holds the call for too long
 */
export async function embed(
  { limiter, scopeOf }: Pick<ModelCalls, 'limiter' | 'scopeOf'>,
  model: EmbeddingModel,
  request: EmbeddingRequest,
  { tenant, signal }: EmbedOptions,
): Promise<EmbeddingResponse> {
  const [account = 'none'] = model.accounts;
  const scope = scopeOf(model.id, account);
  const id = newId();
  const tokens = { input: estimateTextTokens(request.texts.reduce((sum, text) => sum + text.length, 0)), output: 0 };
  const endAt = systemClock.now() + PATIENCE_MS;
  for (;;) {
    const admission = await limiter.acquire(scope, { id, tokens, tenant, priority: 'interactive' });
    if (admission.admitted) break;
    if (systemClock.now() + admission.waitMs > endAt || signal.aborted) {
      await limiter.leave(scope, id);
      signal.throwIfAborted();
      throw heldTooLong({ ...admission, model: model.id }, { mayFallBack: false });
    }
    await systemClock.sleep(admission.waitMs, signal);
  }
  try {
    const response = await model.embed(request, { signal, account });
    await limiter.settle(scope, id, { input: response.inputTokens, output: 0 });
    return response;
  } catch (error) {
    const feedback = error instanceof Error ? limitFeedbackOf(error) : undefined;
    const pauseMs =
      error instanceof TroupeError && error.code === 'provider_rate_limited' ? error.retryAfterMs : undefined;
    if (feedback || pauseMs !== undefined) await limiter.tighten(scope, { ...feedback, ...(pauseMs && { pauseMs }) });
    await limiter.settle(scope, id, { input: 0, output: 0 });
    throw error;
  }
}
