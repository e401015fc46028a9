import { Agent } from 'undici';
import type { HttpRequest } from './http-request.js';
import { HttpResponse } from './http-response.js';
import type { ProviderTimeouts } from './provider-timeouts.js';
import { ResponseBody } from './response-body.js';

/** How long an unused connection is kept for the next call. */
const keepAliveMs = 30_000;

/** The connections of a transport: kept, and as many at once as there are calls. */
export class HttpConnections {
  readonly #agent: Agent;

  constructor({ connectMs, idleMs, firstByteMs }: ProviderTimeouts) {
    this.#agent = new Agent({
      connect: { timeout: connectMs },
      keepAliveTimeout: keepAliveMs,
      // Streams have exact clocks of their own; the first byte of a body may take longer than the next.
      bodyTimeout: Math.max(idleMs, firstByteMs),
      pipelining: 1,
      // Over HTTP/2 calls would share a connection and its limit of streams.
      allowH2: false,
    });
  }

  /** Resolves with the headers. @throws the signal's reason, undici's errors */
  send(request: HttpRequest): Promise<HttpResponse> {
    const { signal } = request;
    if (signal?.aborted) return Promise.reject(abortError(signal.reason));
    const url = new URL(request.url);
    return new Promise((resolve, reject) => {
      const stop = () => {
        const reason = abortError(signal?.reason);
        reject(reason);
        body.abort(reason);
      };
      const body = new ResponseBody(() => signal?.removeEventListener('abort', stop));
      signal?.addEventListener('abort', stop);
      this.#agent.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: request.headers,
          body: request.body ?? null,
          headersTimeout: request.headersTimeoutMs ?? 0,
        },
        {
          onRequestStart: (controller) => body.start(controller),
          onResponseStart: (_controller, status, headers) => {
            // Informational responses come before the real one.
            if (status >= 200) resolve(new HttpResponse(status, headers, body));
          },
          onResponseData: (_controller, chunk) => body.push(chunk),
          onResponseEnd: () => body.end(),
          onResponseError: (_controller, error) => {
            body.fail(error);
            reject(error);
          },
        },
      );
    });
  }
}

/** Reasons may be anything, and of any realm; SDKs know an abort by its name. */
function abortError(reason: unknown): Error {
  if (reason instanceof Error) return reason;
  const error = new Error('The call was aborted.', { cause: reason });
  error.name = 'AbortError';
  return error;
}
