import type { ProviderFailure } from '../shared/provider-failure.js';
import type { WireError } from './openai-wire.js';

const statuses: Record<string, number> = {
  invalid_api_key: 401,
  authentication_error: 401,
  permission_error: 403,
  insufficient_quota: 429,
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  model_not_found: 404,
  not_found_error: 404,
  invalid_request_error: 400,
  context_length_exceeded: 400,
  content_filter: 400,
  invalid_prompt: 400,
  bio_policy: 400,
  misalignment_policy_violation: 400,
  server_overloaded: 503,
  server_is_overloaded: 503,
  service_unavailable_error: 503,
  overloaded_error: 529,
  timeout: 504,
};

/** An error inside a 200: OpenRouter's code is a status, OpenAI's code or type stands for one. */
export function mapOpenAiError(error: WireError): ProviderFailure {
  const { code, type } = error;
  const status = statusOf(code) ?? statusOf(type) ?? 500;
  const name = code ?? type ?? undefined;
  return { status, message: reasonOf(error), ...(name !== undefined && { code: String(name) }) };
}

/** The sentence of the error, with what the upstream said behind it. */
export function reasonOf({ message = 'no reason given', metadata }: WireError): string {
  const raw = metadata?.raw;
  return typeof raw === 'string' && raw !== '' ? `${message}: ${raw}` : message;
}

function statusOf(code: string | number | null | undefined): number | undefined {
  if (code === null || code === undefined) return undefined;
  const status = Number(code);
  return status >= 400 && status < 600 ? status : statuses[String(code)];
}
