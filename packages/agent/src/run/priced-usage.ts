import type { ModelId, Usage } from '@troupe/contracts';
import type { ModelUsage, PriceBook } from '@troupe/spec';
import type { CostOf } from '../limits/limited-request.js';
import { usageOf } from '../usage/usage-of.js';

/** What tokens cost at the dearest of the models that may be asked; undefined when the price of any is not known. */
export function costAt(models: readonly ModelId[], prices: PriceBook | undefined): CostOf {
  return ({ input, output }) => {
    const usage = {
      inputTokens: input,
      outputTokens: output,
      cachedInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningTokens: 0,
      estimated: true,
    };
    const costs = models.map((model) => prices?.priceOf(model, usage)?.cost);
    const known = costs.filter((cost) => cost !== undefined);
    return known.length === costs.length && known.length > 0 ? Math.max(...known) : undefined;
  };
}

/** A call's usage with what it cost, as far as the prices or its provider tell. */
export function pricedUsage(model: ModelId, usage: ModelUsage, prices: PriceBook | undefined): Usage {
  const cost = prices?.priceOf(model, usage)?.cost;
  return cost === undefined ? usageOf(usage) : { ...usageOf(usage), cost };
}
