import type { ErrorCode } from '@troupe/contracts';

/** What is wrong with one field of a request. */
export interface FieldProblem {
  /** Path with dots: `definition.role`. */
  field: string;
  message: string;
}

export interface TroupeApiErrorOptions {
  /** HTTP status of the answer. */
  status: number;
  /** `unknown` when the answer was no problem document: a proxy's page, for example. */
  code: ErrorCode | 'unknown';
  title: string;
  /** What happened and what to do next, for a person. */
  detail: string;
  errors?: FieldProblem[] | undefined;
  /** Finds the request in the server's log. */
  requestId?: string | undefined;
  /** The run that it is about: the one at work on a busy thread, or one that goes on though its answer cannot be waited for. */
  runId?: string | undefined;
  threadId?: string | undefined;
  /** Wait before a retry, as the server asked. Milliseconds. */
  retryAfterMs?: number | undefined;
}

/** The server refused a request, or said why it failed. Its message is the server's `detail`. */
export class TroupeApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode | 'unknown';
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldProblem[];
  readonly requestId: string | undefined;
  readonly runId: string | undefined;
  readonly threadId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(options: TroupeApiErrorOptions) {
    super(options.detail);
    this.name = 'TroupeApiError';
    this.status = options.status;
    this.code = options.code;
    this.title = options.title;
    this.detail = options.detail;
    this.errors = options.errors ?? [];
    this.requestId = options.requestId;
    this.runId = options.runId;
    this.threadId = options.threadId;
    this.retryAfterMs = options.retryAfterMs;
  }
}
