import { type ErrorCode, TroupeError } from '@troupe/contracts';
import { ERROR_STATUSES } from '../errors/error-statuses.js';

/** An error as clients of OpenAI read it. */
export interface OpenAiErrorBody {
  error: {
    message: string;
    type: string;
    /** The field that is wrong: `messages[0].content`. */
    param: string | null;
    code: string;
  };
}

export interface OpenAiError {
  status: number;
  body: OpenAiErrorBody;
  /** Whether the same request may succeed later. */
  retryable: boolean;
}

/** Where clients look for another status or code than the native API's: what OpenAI itself answers. */
const OPENAI_WORDS: Partial<Record<ErrorCode, { status?: number; code?: string }>> = {
  agent_not_found: { code: 'model_not_found' },
  budget_exceeded: { code: 'insufficient_quota' },
  limit_exceeded: { status: 400 },
  model_not_found: { status: 404 },
  provider_content_filtered: { status: 400, code: 'content_filter' },
  provider_invalid_request: { status: 400 },
  provider_not_configured: { status: 404 },
  provider_quota_exceeded: { status: 429, code: 'insufficient_quota' },
  provider_rate_limited: { code: 'rate_limit_exceeded' },
  queue_full: { code: 'rate_limit_exceeded' },
  unauthenticated: { code: 'invalid_api_key' },
};

const MODEL_ERRORS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'agent_not_found',
  'model_not_found',
  'provider_not_configured',
]);

/** Codes of providers by which programs decide: shown as the provider said them. */
const PROVIDER_CODES: ReadonlySet<unknown> = new Set(['context_length_exceeded', 'string_above_max_length']);

/** Whether an address belongs to the dialect of OpenAI. */
export function isOpenAiAddress(url: string): boolean {
  return /^\/v1(?:[/?]|$)/.test(url);
}

/** Anything that was thrown; only TroupeErrors speak for themselves. */
export function openAiErrorOf(thrown: unknown): OpenAiError {
  const { code, message, retryable } = TroupeError.bodyOf(thrown);
  const details = thrown instanceof TroupeError ? thrown.details : undefined;
  const { status = ERROR_STATUSES[code].status, code: openAiCode = code } = OPENAI_WORDS[code] ?? {};
  const said = details?.provider_code;
  const shown = PROVIDER_CODES.has(said) ? String(said) : openAiCode;
  return {
    status,
    body: { error: { message, type: typeOf(status, shown), param: paramOf(code, details?.errors), code: shown } },
    retryable,
  };
}

function typeOf(status: number, code: string): string {
  if (code === 'insufficient_quota') return code;
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

function paramOf(code: ErrorCode, errors: unknown): string | null {
  const [first]: unknown[] = Array.isArray(errors) ? errors : [];
  const field = first instanceof Object && 'field' in first ? first.field : undefined;
  if (typeof field === 'string' && field !== '') return field.replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');
  return MODEL_ERRORS.has(code) ? 'model' : null;
}
