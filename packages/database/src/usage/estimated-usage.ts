import type { ModelUsage } from '@troupe/spec';

/** Usage that nobody reported. */
export function estimatedUsage(inputTokens: number, outputTokens: number): ModelUsage {
  return {
    inputTokens,
    outputTokens,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  };
}
