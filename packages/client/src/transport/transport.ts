import { TroupeApiError } from '../troupe-api-error.js';
import { TroupeConnectionError } from '../troupe-connection-error.js';
import { wait } from './backoff.js';
import type { GatewayAddresses } from './gateway-addresses.js';
import { readProblem } from './read-problem.js';
import { retryDelayMs } from './retry-delay.js';

export interface TransportOptions {
  addresses: GatewayAddresses;
  apiKey?: string | undefined;
  /** How often a request is sent again after the first time. */
  maxRetries: number;
  fetch: typeof fetch;
}

/** What a caller may set for any request. */
export interface RequestOptions {
  signal?: AbortSignal | undefined;
  /** Names this one action; sent again with the same key it happens once. Default: a new one for each call. */
  idempotencyKey?: string | undefined;
}

export interface ApiRequest extends RequestOptions {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with a slash; every variable part is percent-encoded. */
  path: string;
  query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Instead of the client's `maxRetries`. */
  maxRetries?: number;
}

/** The gateway, or the proxy before it, says that it cannot serve now; another one may. */
const AWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/** Sends requests to a gateway: addresses, key, retries, errors. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #addresses: GatewayAddresses;
  /** Who gave an answer: its `url` may be another one, after a redirect. */
  readonly #origins = new WeakMap<Response, string>();

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#addresses = options.addresses;
  }

  /** Sends and reads a JSON answer. */
  async json<T>(request: ApiRequest): Promise<T> {
    const response = await this.send(request);
    try {
      return (await response.json()) as T;
    } catch (error) {
      request.signal?.throwIfAborted();
      const address = this.#origins.get(response);
      throw new TroupeConnectionError(`${address} sent an answer that is not JSON or not whole`, { cause: error });
    }
  }

  /** Sends and forgets the body of the answer. */
  async done(request: ApiRequest): Promise<void> {
    const response = await this.send(request);
    await response.arrayBuffer();
  }

  /**
   * Sends until there is an answer with a status below 300 or no retry can help.
   * @throws TroupeApiError, TroupeConnectionError, or the reason of an aborted signal.
   */
  async send(request: ApiRequest): Promise<Response> {
    const headers = this.#headersOf(request);
    const maxRetries = request.maxRetries ?? this.#options.maxRetries;
    for (let failures = 1; ; failures += 1) {
      const address = this.#addresses.current;
      try {
        const response = await this.#attempt(address, request, headers);
        this.#origins.set(response, address);
        return response;
      } catch (error) {
        request.signal?.throwIfAborted();
        if (isAway(error)) this.#addresses.leave(address);
        const delay = failures > maxRetries ? undefined : retryDelayMs(error, failures);
        if (delay === undefined) throw error;
        await wait(delay, request.signal);
      }
    }
  }

  /** The body of this answer ended early: later requests go to the next address. */
  leave(response: Response): void {
    const address = this.#origins.get(response);
    if (address !== undefined) this.#addresses.leave(address);
  }

  #headersOf({ method, body, headers, idempotencyKey }: ApiRequest): Record<string, string> {
    const { apiKey } = this.#options;
    return {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(method === 'GET' ? {} : { 'idempotency-key': idempotencyKey ?? crypto.randomUUID() }),
      ...headers,
    };
  }

  async #attempt(address: string, request: ApiRequest, headers: Record<string, string>): Promise<Response> {
    let problem: TroupeApiError;
    try {
      const response = await this.#options.fetch(urlOf(address, request), {
        method: request.method,
        headers,
        body: request.body === undefined ? null : JSON.stringify(request.body),
        signal: request.signal ?? null,
      });
      if (response.ok) return response;
      problem = await readProblem(response);
    } catch (error) {
      throw new TroupeConnectionError(`${address} cannot be reached: ${causeOf(error)}`, { cause: error });
    }
    throw problem;
  }
}

function isAway(error: unknown): boolean {
  if (error instanceof TroupeApiError) return AWAY_STATUSES.has(error.status);
  return error instanceof TroupeConnectionError;
}

function urlOf(address: string, { path, query = {} }: ApiRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  const text = parameters.toString();
  return `${address}${path}${text === '' ? '' : `?${text}`}`;
}

/** `fetch` says only "fetch failed"; what happened is in the cause, which may hold one error an address that was tried. */
function causeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('errors' in error && Array.isArray(error.errors)) return causeOf(error.errors[0]);
  if ('cause' in error && error.cause !== undefined) return causeOf(error.cause);
  if ('code' in error && error.code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'nobody speaks https there; try http';
  return 'message' in error ? String(error.message) : String(error);
}
