import type { ModelId } from '@troupe/contracts';
import type { PriceBook } from '@troupe/spec';

/**
 * What a call can cost at most that sends and gets no more than so many tokens: all of them new to the provider's cache,
 * which some charge more for, and most when they stay for an hour; or none. US dollars; undefined when the price of the model is not known.
 */
export function largestCost(
  prices: PriceBook,
  model: ModelId,
  tokens: { input: number; output: number },
  options: { batch?: boolean } = {},
): number | undefined {
  const usage = {
    inputTokens: tokens.input,
    outputTokens: tokens.output,
    cachedInputTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  };
  const costs = [
    { ...usage, cacheWriteInputTokens: 0 },
    { ...usage, cacheWriteInputTokens: tokens.input },
    { ...usage, cacheWriteInputTokens: tokens.input, longCacheWriteInputTokens: tokens.input },
    { ...usage, cacheWriteInputTokens: 0, reasoningTokens: tokens.output },
  ].map((possible) => prices.priceOf(model, possible, options)?.cost);
  return costs.some((cost) => cost === undefined) ? undefined : Math.max(...costs.map((cost) => cost ?? 0));
}
