import type { ModelUsage } from '@troupe/spec';
import { tokenCount } from '../shared/token-count.js';
import type { WireUsage } from './anthropic-wire.js';

/** Undefined where nothing is counted. Anthropic's input leaves out what the cache served or stored: all input is the sum of the three. */
export function mapAnthropicUsage(usage: WireUsage): ModelUsage | undefined {
  const uncachedInputTokens = tokenCount(usage.input_tokens);
  const outputTokens = tokenCount(usage.output_tokens);
  if (uncachedInputTokens === undefined && outputTokens === undefined) return undefined;
  const cachedInputTokens = tokenCount(usage.cache_read_input_tokens) ?? 0;
  const cacheWriteInputTokens = tokenCount(usage.cache_creation_input_tokens) ?? 0;
  const long = tokenCount(usage.cache_creation?.ephemeral_1h_input_tokens) ?? 0;
  return {
    // Counts that come as texts would be written one behind the other: 9 and two zeros would be 900 tokens.
    inputTokens: (uncachedInputTokens ?? 0) + cachedInputTokens + cacheWriteInputTokens,
    outputTokens: outputTokens ?? 0,
    cachedInputTokens,
    cacheWriteInputTokens,
    ...(long > 0 && { longCacheWriteInputTokens: Math.min(long, cacheWriteInputTokens) }),
    reasoningTokens: tokenCount(usage.output_tokens_details?.thinking_tokens) ?? 0,
    estimated: false,
  };
}

/** Usage of a stream is cumulative: the last event to name a number is right, and may leave some out. */
export function mergeAnthropicUsage(before: WireUsage, after: WireUsage): WireUsage {
  const merged: WireUsage = { ...before };
  merged.input_tokens = after.input_tokens ?? before.input_tokens;
  merged.output_tokens = after.output_tokens ?? before.output_tokens;
  merged.cache_read_input_tokens = after.cache_read_input_tokens ?? before.cache_read_input_tokens;
  merged.cache_creation_input_tokens = after.cache_creation_input_tokens ?? before.cache_creation_input_tokens;
  merged.cache_creation = after.cache_creation ?? before.cache_creation;
  merged.output_tokens_details = after.output_tokens_details ?? before.output_tokens_details;
  return merged;
}
