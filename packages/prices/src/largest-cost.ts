import type { ModelId } from '@troupe/contracts';
import type { PriceBook } from '@troupe/spec';

/**
 * What a call can cost at most that sends and gets no more than so many tokens. Which sort of token is the dearest differs by
 * model: what is sent may be new to the provider's cache, for minutes or for an hour; what comes may be thought. US dollars;
 * undefined when the price of the model is not known.
 */
export function largestCost(
  prices: PriceBook,
  model: ModelId,
  { input, output }: { input: number; output: number },
  options: { batch?: boolean } = {},
): number | undefined {
  const sent = [
    { cacheWriteInputTokens: 0 },
    { cacheWriteInputTokens: input },
    { cacheWriteInputTokens: input, longCacheWriteInputTokens: input },
  ];
  let most = 0;
  for (const writes of sent) {
    for (const reasoningTokens of [0, output]) {
      const tokens = { inputTokens: input, outputTokens: output, cachedInputTokens: 0, reasoningTokens, ...writes };
      const cost = prices.priceOf(model, { ...tokens, estimated: true }, options)?.cost;
      if (cost === undefined) return undefined;
      most = Math.max(most, cost);
    }
  }
  return most;
}
