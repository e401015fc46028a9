import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newId, TroupeError } from '@troupe/contracts';
import type { FastifyRequest } from 'fastify';
import { fieldError, invalidRequest } from './invalid-request.js';
import { PROBLEM_MEDIA_TYPE, problemOf } from './problem.js';

/** What Node tells of bytes that do not become a request. */
interface ClientError extends Error {
  code?: string;
}

/**
 * Answers bytes that do not become a request: nobody sees a request of them, so the answer is written by hand, and the
 * connection, of which nobody knows where the next request would begin, is closed.
 */
export function refuseUnreadable(error: ClientError, socket: Socket): void {
  // Where an answer is on its way, another one would end up in its middle.
  const { _httpMessage: underWay } = socket as Socket & { _httpMessage?: ServerResponse };
  if (error.code === 'ECONNRESET' || !socket.writable || underWay?.headersSent) {
    socket.destroy();
    return;
  }
  const requestId = newId();
  const problem = problemOf(refusalOf(error), requestId);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `x-request-id: ${requestId}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** A request of HTTP/1.1 says to whom it is sent (RFC 9112, section 3.2). Node would refuse it without saying why. */
export async function requireHost({ raw, headers }: FastifyRequest): Promise<void> {
  if (raw.httpVersion !== '1.1' || headers.host !== undefined) return;
  throw invalidRequest([fieldError(['Host'], 'The header Host is required.')]);
}

function refusalOf(error: ClientError): TroupeError {
  const options = { fault: 'caller', cause: error } as const;
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new TroupeError({
        ...options,
        code: 'request_timeout',
        message: 'Headers and body were too long in coming.',
      });
    case 'HPE_HEADER_OVERFLOW':
      return new TroupeError({
        ...options,
        code: 'headers_too_large',
        message: 'The address and the headers together may have 16 KiB.',
      });
    default:
      return new TroupeError({ ...options, code: 'invalid_request', message: 'This is not an HTTP/1.1 request.' });
  }
}
