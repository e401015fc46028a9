import type { ProviderFailure } from '../shared/provider-failure.js';
import type { WireError } from './anthropic-wire.js';

const statuses: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** An error event inside a stream has a type and no status. */
export function mapAnthropicError({ type = 'api_error', message = 'no reason given' }: WireError): ProviderFailure {
  return { status: statuses[type] ?? 500, message, code: type };
}
