import type { ModelUsage } from '@troupe/spec';

/** What of the input has a price of its own, so that no token is paid twice, whatever a provider counts. Tokens. */
export interface PartsOfInput {
  cached: number;
  /** To the provider's cache, for however long. */
  written: number;
  /** Of those, to stay for an hour. */
  writtenForLong: number;
}

export function partsOfInput(usage: ModelUsage): PartsOfInput {
  const { inputTokens, cachedInputTokens, cacheWriteInputTokens, longCacheWriteInputTokens = 0 } = usage;
  const cached = Math.min(cachedInputTokens, inputTokens);
  const written = Math.min(cacheWriteInputTokens, inputTokens - cached);
  return { cached, written, writtenForLong: Math.min(longCacheWriteInputTokens, written) };
}
