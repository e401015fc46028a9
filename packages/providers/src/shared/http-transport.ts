import type { HttpRequest } from './http-request.js';
import type { HttpResponse } from './http-response.js';
import { OnFirstUse } from './on-first-use.js';
import type { ProviderTimeouts } from './provider-timeouts.js';

/**
 * HTTP to providers: kept connections, as many at once as there are calls (a cap here would be a hidden concurrency
 * limit; limits are the limiter's business), bodies without web streams.
 */
export class HttpTransport {
  readonly #connections = new OnFirstUse(async () => {
    const { HttpConnections } = await import('./http-connections.js');
    return new HttpConnections(this.timeouts);
  });

  constructor(readonly timeouts: ProviderTimeouts) {}

  /** What the first request would load otherwise. */
  async load(): Promise<void> {
    await this.#connections.get();
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
  async send(request: HttpRequest): Promise<HttpResponse> {
    const connections = await this.#connections.get();
    return connections.send(request);
  }
}

function headerList(headers: RequestInit['headers']): string[] {
  const list: string[] = [];
  for (const [name, value] of new Headers(headers)) list.push(name, value);
  return list;
}
