import { type ErrorCode, TroupeError, type TroupeErrorOptions } from '@troupe/contracts';
import { classifyFailure, isTooLong } from './classify-failure.js';
import { excerpt } from './excerpt.js';
import { isError } from './is-error.js';
import { type LimitReader, rememberLimits } from './limit-feedback.js';
import { MalformedAnswer, type ProviderFailure, ReportedFailure } from './provider-failure.js';
import { readRetryAfter } from './read-retry-after.js';

/** Who a provider is, for errors. */
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
  secrets?: readonly string[];
}

/** Where a call was when it broke. */
export type CallPhase = 'request' | 'body';

/** Turns everything that can go wrong at a provider into an error that says whose fault it is and what to do next. */
export class ProviderErrors {
  constructor(
    readonly provider: ProviderIdentity,
    readonly model: string,
    /** Absent: the provider says nothing of its limits but when to come again. */
    readonly readLimits?: LimitReader,
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

  /** A status, or an error that came in place of an answer. */
  fromFailure(failure: ProviderFailure): TroupeError {
    const { label, baseUrl } = this.provider;
    const kind = classifyFailure(failure);
    const said = failure.message === '' ? failure.status : `${failure.status}: ${this.#clean(failure.message)}`;
    const happened = this.#happened(kind.code);
    const subject = kind.code === 'provider_bad_response' ? `${label} at ${baseUrl}` : label;
    return this.#make(
      { ...kind, message: `${subject} ${happened} (${said}). ${this.#advice(kind.code, failure)}` },
      failure,
    );
  }

  #happened(code: ErrorCode): string {
    switch (code) {
      case 'model_not_found':
        return `has no model "${this.model}" for this key`;
      case 'provider_authentication_failed':
        return 'refused the key';
      case 'provider_bad_response':
        return 'gave no answer';
      case 'provider_content_filtered':
        return 'refused the content';
      case 'provider_overloaded':
        return 'is overloaded';
      case 'provider_quota_exceeded':
        return 'says that the account has no quota left';
      case 'provider_rate_limited':
        return 'limits the rate of requests';
      case 'provider_timeout':
        return 'ran out of time';
      case 'provider_unavailable':
        return 'failed';
      default:
        return 'refused the request';
    }
  }

  #advice(code: ErrorCode, failure: ProviderFailure): string {
    const { keySetting, baseUrlSetting } = this.provider;
    switch (code) {
      case 'model_not_found':
        return `Choose one of its models; if all are missing, correct ${baseUrlSetting}.`;
      case 'provider_authentication_failed':
        return `Set a valid one in ${keySetting}, one that may use ${this.model}.`;
      case 'provider_bad_response':
        return `Correct ${baseUrlSetting}.`;
      case 'provider_content_filtered':
        return 'Rephrase the message.';
      case 'provider_overloaded':
        return 'Try again later or choose another model.';
      case 'provider_quota_exceeded':
        return `Add credit there or set another key in ${keySetting}.`;
      case 'provider_rate_limited':
        return 'Try again later, or raise the limit there.';
      case 'provider_timeout':
        return 'Try again.';
      case 'provider_unavailable':
        return "Try again; if it goes on, look at the provider's status page.";
      default:
        return isTooLong(failure)
          ? 'Shorten the conversation or the prompt, or choose a model with a larger context.'
          : 'Correct the request or the settings of the agent.';
    }
  }

  badResponse(what: string, cause?: unknown): TroupeError {
    const { label, baseUrl, baseUrlSetting } = this.provider;
    return this.#make({
      code: 'provider_bad_response',
      fault: 'upstream',
      message:
        `${label} at ${baseUrl} sent what is no answer (${this.#clean(what)}). ` +
        `Try again; if it goes on, check ${baseUrlSetting}.`,
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
    const error = new TroupeError({
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
    rememberLimits(error, failure?.headers, this.readLimits);
    return error;
  }

  #clean(text: string): string {
    let shown = text;
    for (const secret of this.provider.secrets ?? []) if (secret !== '') shown = shown.replaceAll(secret, '[key]');
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
