import type { Usage } from '@troupe/contracts';
import type { ModelUsage } from '@troupe/spec';
import type { ChatUsage } from './chat-completion.js';

/** Of a run: all its model calls together. */
export function usageOfRun(usage: Usage): ChatUsage {
  return chatUsage({
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cachedInputTokens: usage.cached_input_tokens,
    reasoningTokens: usage.reasoning_tokens,
  });
}

export function chatUsage(
  usage: Pick<ModelUsage, 'inputTokens' | 'outputTokens' | 'cachedInputTokens' | 'reasoningTokens'>,
): ChatUsage {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}
