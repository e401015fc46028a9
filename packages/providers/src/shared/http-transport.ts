import { Agent } from 'undici';
import { HttpResponse } from './http-response.js';
import type { ProviderTimeouts } from './provider-timeouts.js';
import { ResponseBody } from './response-body.js';

/** How long an unused connection is kept for the next call. */
const keepAliveMs = 30_000;

/**
 * HTTP to providers: kept connections, as many at once as there are calls (a cap here would be a hidden concurrency
 * limit; limits are the limiter's business), bodies without web streams.
 */
export class HttpTransport {
  readonly #agent: Agent;

  constructor(readonly timeouts: ProviderTimeouts) {
    this.#agent = new Agent({
      connect: { timeout: timeouts.connectMs },
      keepAliveTimeout: keepAliveMs,
      // Streams have exact clocks of their own; the first byte of a body may take longer than the next.
      bodyTimeout: Math.max(timeouts.idleMs, timeouts.firstByteMs),
      pipelining: 1,
      // Over HTTP/2 calls would share a connection and its limit of streams.
      allowH2: false,
    });
  }

  /** `fetch` for vendor SDKs. Bodies are texts; the response is always an HttpResponse. */
  readonly fetch = (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { body, signal } = init;
    if (body !== undefined && body !== null && typeof body !== 'string') {
      return Promise.reject(new TypeError('Only texts are sent to providers.'));
    }
    return this.send({
      url: input instanceof Request ? input.url : String(input),
      method: init.method ?? 'GET',
      headers: headerList(init.headers),
      body: body ?? undefined,
      signal: signal ?? undefined,
    });
  };

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

export interface HttpRequest {
  url: string;
  method: string;
  /** Names and values in turn. */
  headers: string[];
  body?: string;
  signal?: AbortSignal;
  /** Absent: the caller has its own clock, as SDKs do. */
  headersTimeoutMs?: number;
}

function headerList(headers: RequestInit['headers']): string[] {
  const list: string[] = [];
  for (const [name, value] of new Headers(headers)) list.push(name, value);
  return list;
}

/** Reasons may be anything, and of any realm; SDKs know an abort by its name. */
function abortError(reason: unknown): Error {
  if (reason instanceof Error) return reason;
  const error = new Error('The call was aborted.', { cause: reason });
  error.name = 'AbortError';
  return error;
}
