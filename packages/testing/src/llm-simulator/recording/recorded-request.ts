import type { IncomingHttpHeaders } from 'node:http';
import type { ResolvedUsage } from '../replies/resolved-reply.js';
import type { SimulatedProvider, SimulatedRequest } from '../simulated-request.js';

/**
 * `open` while it is being answered; `completed` when the terminal event or the whole body was written; `refused` for
 * an HTTP error; `stream_error`, `cut` and `garbage` as the reply asked; `aborted` when the client closed first.
 */
export type RequestOutcome = 'open' | 'completed' | 'refused' | 'stream_error' | 'cut' | 'garbage' | 'aborted';

export interface RecordedRequest {
  /** 1 for the first request of this simulator; resetting does not start again. */
  number: number;
  provider: SimulatedProvider;
  path: string;
  headers: IncomingHttpHeaders;
  /** As it came; the raw text when it was not JSON. */
  body: unknown;
  /** Undefined when the request was refused before it could be read. */
  request?: SimulatedRequest;
  /** What the answer reports, or would have reported. */
  usage?: ResolvedUsage;
  /** Milliseconds since 1970. */
  receivedAt: number;
  firstTokenAt?: number;
  endedAt?: number;
  status?: number;
  outcome: RequestOutcome;
  /** Tokens written so far; of an answer that is not streamed, all of them or none. */
  tokensEmitted: number;
  abortedByClient: boolean;
}
