import { type ErrorBody, type ErrorCode, type JsonObject, TroupeError } from '@troupe/contracts';
import { ERROR_STATUSES } from './error-statuses.js';
import type { FieldError } from './field-error.js';
import { fieldError } from './invalid-request.js';

/** An error answer, RFC 9457; members beyond these are facts for a program, such as `near_matches`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  request_id: string;
  errors?: FieldError[];
  [member: string]: unknown;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** Anything that was thrown as a problem; only TroupeErrors speak for themselves, the rest is an internal error. */
export function problemOf(error: unknown, requestId: string): Problem {
  const details = error instanceof TroupeError ? error.details : undefined;
  const body = TroupeError.bodyOf(error);
  return problemOfBody(body, requestId, { ...fieldOf(details, body.message), ...details });
}

/** Below the gateway an error names one field at most, as `field`. */
function fieldOf(details: JsonObject | undefined, message: string): JsonObject | undefined {
  const field = details?.field;
  return typeof field === 'string' ? { errors: [{ ...fieldError([field], message) }] } : undefined;
}

function problemOfBody(body: ErrorBody, requestId: string, members: JsonObject = {}): Problem {
  const { status, title } = ERROR_STATUSES[body.code];
  return {
    ...members,
    type: `urn:troupe:error:${body.code}`,
    title,
    status,
    detail: body.message,
    code: body.code,
    request_id: requestId,
  };
}
