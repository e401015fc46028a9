import type { ModelUsage } from '@troupe/spec';
import type { WireUsage } from './openai-wire.js';

/** Prompt tokens include cached ones already, completion tokens include reasoning. */
export function mapOpenAiUsage(usage: WireUsage): ModelUsage {
  return {
    inputTokens: usage.prompt_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? 0,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    cacheWriteInputTokens: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    ...(typeof usage.cost === 'number' && { cost: usage.cost }),
    estimated: false,
  };
}
