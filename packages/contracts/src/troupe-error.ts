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
  /** Stable: what programs decide by. */
  readonly code: ErrorCode;
  /** Who has to act: whoever called (`caller`), a provider or a tool (`upstream`), or whoever runs this (`server`). */
  readonly fault: Fault;
  /** Whether the same may go well later. */
  readonly retryable: boolean;
  /** What the other side asked to be waited before that. Milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Facts for a program: field names, near matches, ids. Never secrets. */
  readonly details: JsonObject | undefined;

  constructor(options: TroupeErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TroupeError';
    this.code = options.code;
    this.fault = options.fault;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }

  /** As it goes out over HTTP. */
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
