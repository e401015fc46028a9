import type { IncomingHttpHeaders } from 'node:http';
import type { ResolvedReply } from '../replies/resolved-reply.js';
import type { JsonObject } from '../requests/json-object.js';
import type { SimulatedProvider, SimulatedRequest } from '../simulated-request.js';
import type { StreamFrames } from './stream-frames.js';

export interface WireError {
  /** The HTTP status, or for an error inside a stream the one that the vendor's error type stands for. */
  status: number;
  /** Undefined: the vendor's usual sentence for the status. */
  message?: string;
  /** Undefined: the vendor's usual code or type for the status. */
  code?: string;
  param?: string;
}

/** How one vendor writes requests, answers, streams and errors. */
export interface WireFormat {
  provider: SimulatedProvider;
  streamContentType: string;
  /** @throws RejectedRequest for what the vendor refuses */
  readRequest(body: JsonObject, headers: IncomingHttpHeaders): SimulatedRequest;
  /** Headers of every response, errors included. */
  headers(id: string): Record<string, string>;
  frames(request: SimulatedRequest, reply: ResolvedReply): StreamFrames;
  /** The body of an answer that is not streamed. */
  complete(request: SimulatedRequest, reply: ResolvedReply): string;
  errorBody(error: WireError, id: string): string;
  /** The error inside a stream that began with 200, with whatever ends the stream after it. */
  streamError(request: SimulatedRequest, reply: ResolvedReply, error: WireError): string;
  /** A line that a parser of this format must choke on. */
  brokenLine: string;
}
