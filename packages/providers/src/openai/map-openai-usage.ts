import type { ModelUsage } from '@troupe/spec';
import { tokenCount } from '../shared/token-count.js';
import type { WireUsage } from './openai-wire.js';

/** Undefined where nothing is counted. Prompt tokens include cached ones already, completion tokens include reasoning. */
export function mapOpenAiUsage(usage: WireUsage): ModelUsage | undefined {
  const inputTokens = tokenCount(usage.prompt_tokens);
  const outputTokens = tokenCount(usage.completion_tokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    cachedInputTokens: tokenCount(usage.prompt_tokens_details?.cached_tokens) ?? 0,
    cacheWriteInputTokens: tokenCount(usage.prompt_tokens_details?.cache_write_tokens) ?? 0,
    reasoningTokens: tokenCount(usage.completion_tokens_details?.reasoning_tokens) ?? 0,
    ...(typeof usage.cost === 'number' && { cost: usage.cost + upstreamCost(usage) }),
    estimated: false,
  };
}

/** What the upstream charges to the caller's own account, beside the fee. */
function upstreamCost({ is_byok, cost_details }: WireUsage): number {
  return is_byok === true ? (cost_details?.upstream_inference_cost ?? 0) : 0;
}
