import type { Usage } from '@troupe/contracts';
import type { ModelUsage } from '@troupe/spec';

/** A model's tokens as they are stored and shown; the cost only where the provider states it. */
export function usageOf(usage: ModelUsage): Usage {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    reasoning_tokens: usage.reasoningTokens,
    cost: usage.cost ?? null,
  };
}
