import type { ErrorCode, Fault } from './error-code.js';
import type { JsonObject } from './json.js';

/** An error as it is stored on a run and sent in events. */
export interface ErrorBody {
  code: ErrorCode;
  fault: Fault;
  /** What happened and what to do next, for a person. */
  message: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  /** Facts for a program, where the code promises any: of `output_invalid` and `run_limit_exceeded`. */
  details?: JsonObject;
}
