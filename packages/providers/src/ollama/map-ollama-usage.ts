import type { ModelUsage } from '@troupe/spec';
import type { WireLine } from './ollama-wire.js';

/** Undefined where nothing is counted. A prompt that is cached whole is reported without its count. */
export function mapOllamaUsage({ prompt_eval_count, eval_count }: WireLine): ModelUsage | undefined {
  if (prompt_eval_count === undefined && eval_count === undefined) return undefined;
  return {
    inputTokens: prompt_eval_count ?? 0,
    outputTokens: eval_count ?? 0,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningTokens: 0,
    estimated: false,
  };
}
