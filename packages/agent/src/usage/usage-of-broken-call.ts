import { type ErrorCode, TroupeError } from '@troupe/contracts';
import type { ModelUsage } from '@troupe/spec';

/** Errors by which a provider refuses to begin: it read nothing and bills nothing. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'model_not_found',
  'provider_authentication_failed',
  'provider_invalid_request',
  'provider_not_configured',
  'provider_overloaded',
  'provider_quota_exceeded',
  'provider_rate_limited',
  'provider_unavailable',
]);

/**
 * What a call cost that broke off before the provider said so: what it was sent and what had arrived, both estimated.
 * A call that was refused before its first word cost nothing.
 */
export function usageOfBrokenCall(error: unknown, estimate: { inputTokens: number; outputTokens: number }): ModelUsage {
  const refused = estimate.outputTokens === 0 && error instanceof TroupeError && REFUSALS.has(error.code);
  return {
    inputTokens: refused ? 0 : estimate.inputTokens,
    outputTokens: estimate.outputTokens,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  };
}
