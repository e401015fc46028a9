import type { ErrorCode, Fault } from '@troupe/contracts';
import type { ProviderFailure } from './provider-failure.js';

export interface FailureClass {
  code: ErrorCode;
  fault: Fault;
  retryable: boolean;
}

const mine = (code: ErrorCode): FailureClass => ({ code, fault: 'server', retryable: false });
const caller = (code: ErrorCode): FailureClass => ({ code, fault: 'caller', retryable: false });
const passing = (code: ErrorCode): FailureClass => ({ code, fault: 'upstream', retryable: true });

/**
 * Whose fault a failure is and whether it passes by itself. Statuses mean the same at all providers; a few are told
 * apart further by codes and sentences that providers are known to send.
 */
export function classifyFailure({ status, code = '', message }: ProviderFailure): FailureClass {
  const said = `${code} ${message}`;
  if (status >= 500) return classifyServerFailure(status);
  if (isQuota(status, said)) return mine('provider_quota_exceeded');
  if (/content_filter|content_policy|moderation|was flagged/i.test(said)) return caller('provider_content_filtered');
  switch (status) {
    case 401:
    case 403:
      return mine('provider_authentication_failed');
    case 404:
      return caller('model_not_found');
    case 408:
      return passing('provider_timeout');
    case 409:
      // A lock that another request holds for a moment.
      return { ...caller('provider_invalid_request'), retryable: /lock|conflict/i.test(said) };
    case 429:
      return passing('provider_rate_limited');
  }
  // Redirects, most often of a base URL that leads elsewhere.
  if (status < 400) return mine('provider_bad_response');
  // OpenRouter and some compatible servers answer 400 to an unknown name.
  if (status === 400 && /(?:not a valid|unknown|invalid) model\b|model_not_found/i.test(said)) {
    return caller('model_not_found');
  }
  return caller('provider_invalid_request');
}

function classifyServerFailure(status: number): FailureClass {
  if (status === 503 || status === 529) return passing('provider_overloaded');
  return passing(status === 504 ? 'provider_timeout' : 'provider_unavailable');
}

/** OpenAI says it with 429, OpenRouter with 402, Anthropic with 400. */
function isQuota(status: number, said: string): boolean {
  if (status === 402) return true;
  if (status === 429) return /insufficient_quota|billing|credit|quota_exceeded/i.test(said);
  return status === 400 && /credit balance/i.test(said);
}

/** Providers word it each in its own way, and under the same status as any other mistake. */
export function isTooLong({ code = '', message }: ProviderFailure): boolean {
  return /context_length|context length|context window|prompt is too long|too many tokens/i.test(`${code} ${message}`);
}
