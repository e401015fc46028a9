import { type ErrorBody, type ErrorCode, type JsonObject, TroupeError } from '@troupe/contracts';
import { ERROR_STATUSES } from './error-statuses.js';

/** What is wrong with one field of a request. */
export interface FieldError {
  /** Path with dots: `definition.role`. */
  field: string;
  /** The same as a JSON Pointer (RFC 6901): `/definition/role`. */
  pointer: string;
  message: string;
}

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
  return problemOfBody(TroupeError.bodyOf(error), requestId, details);
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
