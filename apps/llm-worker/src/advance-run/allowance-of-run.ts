import { type CostOf, RunAllowance } from '@troupe/agent';
import type { ModelId } from '@troupe/contracts';
import type { ClaimedRun } from '@troupe/database';
import type { PriceBook } from '@troupe/spec';

/** What a run has taken until now. */
export function allowanceOfRun({ taken, usage }: ClaimedRun): RunAllowance {
  const { requests = 0, toolCalls = 0 } = taken ?? {};
  return new RunAllowance({ requests, toolCalls, usage });
}

/** What tokens cost at the dearest of the models that may be asked; undefined when the price of any is not known. */
export function costAt(models: readonly ModelId[], prices: PriceBook): CostOf {
  return ({ input, output }) => {
    const usage = {
      inputTokens: input,
      outputTokens: output,
      cachedInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningTokens: 0,
      estimated: true,
    };
    const costs = models.map((model) => prices.priceOf(model, usage)?.cost);
    const known = costs.filter((cost) => cost !== undefined);
    return known.length === costs.length && known.length > 0 ? Math.max(...known) : undefined;
  };
}
