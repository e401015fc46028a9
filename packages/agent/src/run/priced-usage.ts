import type { ModelId, Usage } from '@troupe/contracts';
import type { ModelUsage, PriceBook } from '@troupe/spec';
import type { CostOf } from '../limits/limited-request.js';
import { usageOf } from '../usage/usage-of.js';

/** What tokens cost at a model; undefined when nobody knows. */
export function costAt(model: ModelId, prices: PriceBook | undefined): CostOf {
  return ({ input, output }) => {
    const usage = {
      inputTokens: input,
      outputTokens: output,
      cachedInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningTokens: 0,
      estimated: true,
    };
    return prices?.priceOf(model, usage)?.cost;
  };
}

/** A call's usage with what it cost, as far as the prices or its provider tell. */
export function pricedUsage(model: ModelId, usage: ModelUsage, prices: PriceBook | undefined): Usage {
  const cost = prices?.priceOf(model, usage)?.cost;
  return cost === undefined ? usageOf(usage) : { ...usageOf(usage), cost };
}
