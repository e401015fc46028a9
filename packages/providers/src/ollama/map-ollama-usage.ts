import type { ModelUsage } from '@troupe/spec';
import { tokenCount } from '../shared/token-count.js';
import type { WireLine } from './ollama-wire.js';

/** Undefined where nothing is counted. A prompt that is cached whole is reported without its count. */
export function mapOllamaUsage({ prompt_eval_count, eval_count }: WireLine): ModelUsage | undefined {
  const inputTokens = tokenCount(prompt_eval_count);
  const outputTokens = tokenCount(eval_count);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningTokens: 0,
    estimated: false,
  };
}
