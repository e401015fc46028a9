import { TroupeError, type TroupeErrorOptions } from '@troupe/contracts';
import { excerpt } from './excerpt.js';
import { isError } from './is-error.js';
import { MalformedAnswer, type ProviderFailure, ReportedFailure } from './provider-failure.js';
import { readRetryAfter } from './read-retry-after.js';

export interface ProviderIdentity {
  id: string;
  /** The provider's name as people write it. */
  label: string;
  baseUrl: string;
  /** Names of the settings that an operator would correct. */
  keySetting: string;
  baseUrlSetting: string;
  /** What to do when nothing answers at the base URL. */
  unreachableAdvice: string;
  /** Never shown, even where the provider quotes it. */
  secret?: string;
}

/** Where a call was when it broke. */
export type CallPhase = 'request' | 'body';

/** Turns everything that can go wrong at a provider into an error that says whose fault it is and what to do next. */
export class ProviderErrors {
  constructor(
    readonly provider: ProviderIdentity,
    readonly model: string,
  ) {}

  /** Anything that was thrown while a call was made or its answer read. */
  fromThrown(error: unknown, phase: CallPhase): TroupeError {
    if (error instanceof TroupeError) return error;
    if (error instanceof ReportedFailure) return this.fromFailure(error.failure);
    if (error instanceof MalformedAnswer || error instanceof SyntaxError || error instanceof RangeError) {
      return this.badResponse(error.message, error);
    }
    // Fields of other types than the provider documents.
    if (phase === 'body' && error instanceof TypeError) return this.badResponse(error.message, error);
    return this.#fromConnection(error, phase);
  }

  /** By status, as research on the vendors' own clients says which failures pass by themselves. */
  fromFailure(failure: ProviderFailure): TroupeError {
    const { label, keySetting, baseUrlSetting } = this.provider;
    const said = `${failure.status}${failure.message === '' ? '' : `: ${this.#clean(failure.message)}`}`;
    const { status } = failure;
    const kind = `${failure.code ?? ''} ${failure.message}`;
    const make = (options: Omit<TroupeErrorOptions, 'details' | 'cause'>) => this.#make(options, failure);

    const isQuota =
      status === 402 ||
      (status === 429 && /insufficient_quota|billing|credit|quota_exceeded/i.test(kind)) ||
      (status === 400 && /credit balance/i.test(kind));
    if (isQuota) {
      const message = `${label} says that the account has no quota left (${said}). Add credit there or set another key in ${keySetting}.`;
      return make({ code: 'provider_quota_exceeded', fault: 'server', message });
    }
    if (/content_filter|content_policy|moderation|was flagged/i.test(kind) && status < 500) {
      const message = `${label} refused the content (${said}). Rephrase the message.`;
      return make({ code: 'provider_content_filtered', fault: 'caller', message });
    }
    if (status === 401 || status === 403) {
      const message = `${label} refused the key (${said}). Set a valid one in ${keySetting}, one that may use ${this.model}.`;
      return make({ code: 'provider_authentication_failed', fault: 'server', message });
    }
    // OpenRouter and some compatible servers answer 400 to an unknown name.
    const isUnknownModel = status === 400 && /(?:not a valid|unknown|invalid) model\b|model_not_found/i.test(kind);
    if (status === 404 || isUnknownModel) {
      const message = `${label} has no model "${this.model}" for this key (${said}). Choose one of its models; if all are missing, correct ${baseUrlSetting}.`;
      return make({ code: 'model_not_found', fault: 'caller', message });
    }
    if (status === 429) {
      const message = `${label} limits the rate of requests (${said}). Try again later, or raise the limit there.`;
      return make({ code: 'provider_rate_limited', fault: 'upstream', message, retryable: true });
    }
    if (status === 408 || status === 504) {
      const message = `${label} ran out of time (${said}). Try again.`;
      return make({ code: 'provider_timeout', fault: 'upstream', message, retryable: true });
    }
    if (status === 503 || status === 529) {
      const message = `${label} is overloaded (${said}). Try again later or choose another model.`;
      return make({ code: 'provider_overloaded', fault: 'upstream', message, retryable: true });
    }
    if (status >= 500) {
      const message = `${label} failed (${said}). Try again; if it goes on, look at the provider's status page.`;
      return make({ code: 'provider_unavailable', fault: 'upstream', message, retryable: true });
    }
    if (status < 400) {
      const message = `${label} at ${this.provider.baseUrl} answered with status ${said} in place of an answer. Correct ${baseUrlSetting}.`;
      return make({ code: 'provider_bad_response', fault: 'server', message });
    }
    const tooLong = /context_length|context length|context window|prompt is too long|too many tokens/i.test(kind);
    const advice = tooLong
      ? 'Shorten the conversation or the prompt, or choose a model with a larger context.'
      : 'Correct the request or the settings of the agent.';
    const message = `${label} refused the request (${said}). ${advice}`;
    // A conflict is a lock that another request holds for a moment.
    const retryable = status === 409 && /lock|conflict/i.test(kind);
    return make({ code: 'provider_invalid_request', fault: 'caller', message, retryable });
  }

  badResponse(what: string, cause?: unknown): TroupeError {
    const { label, baseUrl, baseUrlSetting } = this.provider;
    return this.#make({
      code: 'provider_bad_response',
      fault: 'upstream',
      message: `${label} at ${baseUrl} sent what is no answer (${this.#clean(what)}). Try again; if it goes on, check ${baseUrlSetting}.`,
      retryable: true,
      cause,
    });
  }

  interrupted(what: string, cause?: unknown): TroupeError {
    return this.#make({
      code: 'provider_stream_interrupted',
      fault: 'upstream',
      message: `The answer of ${this.provider.label} broke off before its end (${this.#clean(what)}). Try again.`,
      retryable: true,
      cause,
    });
  }

  timeout(what: string, cause?: unknown): TroupeError {
    return this.#make({
      code: 'provider_timeout',
      fault: 'upstream',
      message: `${this.provider.label} did not answer in time (${what}). Try again or choose another model.`,
      retryable: true,
      cause,
    });
  }

  #fromConnection(error: unknown, phase: CallPhase): TroupeError {
    const { label, baseUrl, unreachableAdvice } = this.provider;
    const reason = rootCause(error);
    const code = 'code' in reason && typeof reason.code === 'string' ? reason.code : undefined;
    const what = code ?? reason.message;
    if (isTimeout(error) || isTimeout(reason)) return this.timeout(this.#clean(reason.message), error);
    if (phase === 'body') return this.interrupted(what, error);
    return this.#make({
      code: 'provider_unavailable',
      fault: 'upstream',
      message: `${label} could not be reached at ${baseUrl} (${this.#clean(what)}). ${unreachableAdvice}`,
      retryable: true,
      cause: error,
    });
  }

  #make(options: Omit<TroupeErrorOptions, 'details'>, failure?: ProviderFailure): TroupeError {
    const asked = failure?.headers?.get('x-should-retry');
    const retryable = asked === 'true' || (asked !== 'false' && options.retryable === true);
    const requestId = failure?.headers?.get('x-request-id') ?? failure?.headers?.get('request-id') ?? undefined;
    return new TroupeError({
      ...options,
      retryable,
      retryAfterMs: retryable ? readRetryAfter(failure?.headers) : undefined,
      details: {
        provider: this.provider.id,
        model: this.model,
        ...(failure !== undefined && { status: failure.status }),
        ...(failure?.code !== undefined && { provider_code: failure.code }),
        ...(requestId !== undefined && { provider_request_id: requestId }),
      },
    });
  }

  #clean(text: string): string {
    const { secret } = this.provider;
    const shown = secret === undefined || secret === '' ? text : text.replaceAll(secret, '[key]');
    // The sentence around it brings its own full stop.
    return excerpt(shown).replace(/\.$/, '');
  }
}

/** The innermost error: SDKs and fetch wrap the one that names the reason. */
function rootCause(error: unknown): Error {
  let reason = isError(error) ? error : new Error(String(error));
  while (isError(reason.cause)) reason = reason.cause;
  // Several addresses were tried: the first says as much as all.
  const [first]: unknown[] = 'errors' in reason && Array.isArray(reason.errors) ? reason.errors : [];
  return isError(first) ? first : reason;
}

function isTimeout(error: unknown): boolean {
  if (!isError(error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /timeout/i.test(error.name) || /TIMEOUT|ETIMEDOUT/.test(code) || /timed? ?out/i.test(error.message);
}
