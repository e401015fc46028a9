import type { ErrorBody } from './error-body.js';
import type { ErrorCode, Fault } from './error-code.js';
import type { JsonObject } from './json.js';

export interface TroupeErrorOptions {
  code: ErrorCode;
  fault: Fault;
  message: string;
  retryable?: boolean;
  /** Wait before a retry, as the other side asked. */
  retryAfterMs?: number;
  /** Facts for a program: field names, near matches, ids. Never secrets. */
  details?: JsonObject;
  cause?: unknown;
}

/** The one error class: says who is at fault, whether a retry can help, and what to do next. */
export class TroupeError extends Error {
  readonly code: ErrorCode;
  readonly fault: Fault;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly details: JsonObject | undefined;

  constructor(options: TroupeErrorOptions) {
    super(options.message, { cause: options.cause });
    this.name = 'TroupeError';
    this.code = options.code;
    this.fault = options.fault;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }

  toBody(): ErrorBody {
    return { code: this.code, fault: this.fault, message: this.message, retryable: this.retryable };
  }

  /** Anything thrown, as an error body; what is not ours is an internal error whose text stays in the log. */
  static bodyOf(error: unknown): ErrorBody {
    if (error instanceof TroupeError) return error.toBody();
    return {
      code: 'internal_error',
      fault: 'server',
      message: 'Something failed inside the server. The log has the details under the request or run id.',
      retryable: true,
    };
  }
}
