import { TroupeError } from '@troupe/contracts';
import type { LimitFeedback, ModelResponse } from '@troupe/spec';
import { readRetryAfter } from './read-retry-after.js';

/**
 * What one provider's headers say of its limits. Each provider has its own: the same name means requests a minute at
 * one and requests a day at another.
 */
export type LimitReader = (headers: Headers, refused: boolean) => LimitFeedback;

/** Beside the errors and not in their details, which go out to callers. */
const feedbacks = new WeakMap<TroupeError, LimitFeedback>();

/** What the provider said of its limits with this response or error; undefined when it said nothing. */
export function limitFeedbackOf(outcome: ModelResponse | Error): LimitFeedback | undefined {
  if ('usage' in outcome) return outcome.limits;
  return outcome instanceof TroupeError ? feedbacks.get(outcome) : undefined;
}

export function withLimits(
  response: ModelResponse,
  headers: Headers | undefined,
  read: LimitReader | undefined,
): ModelResponse {
  if (headers === undefined || read === undefined) return response;
  return { ...response, limits: { ...read(headers, false), succeeded: true } };
}

/** Keeps what a refusal said of limits with the error that tells of it. */
export function rememberLimits(error: TroupeError, headers: Headers | undefined, read: LimitReader | undefined): void {
  const refused = error.code === 'provider_rate_limited' || error.code === 'provider_overloaded';
  const said = headers === undefined ? {} : (read?.(headers, refused) ?? {});
  const pauseMs = refused ? (readRetryAfter(headers) ?? said.pauseMs) : undefined;
  const feedback: LimitFeedback = { ...said, ...(pauseMs !== undefined && { pauseMs }) };
  if (Object.keys(feedback).length > 0) feedbacks.set(error, feedback);
}

/** A count that a header gives; undefined when it is missing, no number, or -1 for unknown. */
export function readCount(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  if (text === null || text.trim() === '') return undefined;
  const count = Number(text);
  return count >= 0 ? count : undefined;
}
