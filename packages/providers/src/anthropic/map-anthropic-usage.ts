import type { ModelUsage } from '@troupe/spec';
import type { WireUsage } from './anthropic-wire.js';

/** Anthropic's input leaves out what the cache served or stored: all input is the sum of the three. */
export function mapAnthropicUsage(usage: WireUsage): ModelUsage {
  const cachedInputTokens = usage.cache_read_input_tokens ?? 0;
  const cacheWriteInputTokens = usage.cache_creation_input_tokens ?? 0;
  return {
    inputTokens: (usage.input_tokens ?? 0) + cachedInputTokens + cacheWriteInputTokens,
    outputTokens: usage.output_tokens ?? 0,
    cachedInputTokens,
    cacheWriteInputTokens,
    reasoningTokens: usage.output_tokens_details?.thinking_tokens ?? 0,
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
  merged.output_tokens_details = after.output_tokens_details ?? before.output_tokens_details;
  return merged;
}
