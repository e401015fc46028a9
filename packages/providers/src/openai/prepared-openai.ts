import { APIError, type ClientOptions, OpenAI } from 'openai';
import { HttpResponse } from '../shared/http-response.js';
import type { HttpTransport } from '../shared/http-transport.js';
import { isJsonObject } from '../shared/parse-tool-arguments.js';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import { reasonOf } from './map-openai-error.js';
import type { WireError } from './openai-wire.js';

type RequestOptions = NonNullable<Parameters<OpenAI['get']>[1]>;

/** What all requests to a path have in common. */
interface PreparedRequest {
  url: string;
  /** Names and values in turn. */
  headers: string[];
}

/**
 * OpenAI's SDK for requests of which thousands are alike but for their body: it builds the address and the headers of the
 * first, and they hold for the rest. With all that the SDK does anew for each request, of which retries, timers and logs are
 * none of its business here, sending one took three times as long.
 */
export class PreparedOpenAi extends OpenAI {
  readonly #transport: HttpTransport;
  /** By path and time limit, which is among the headers. */
  readonly #prepared = new Map<string, PreparedRequest>();

  constructor(options: Omit<ClientOptions, 'fetch' | 'logLevel' | 'maxRetries'>, transport: HttpTransport) {
    // The worker owns retries, so that every call is limited and accounted for.
    super({ ...options, fetch: transport.fetch, maxRetries: 0, logLevel: 'off' });
    this.#transport = transport;
  }

  /** The SDK tells servers the name of its class. */
  static override get name(): string {
    return 'OpenAI';
  }

  /**
   * Sends JSON to an endpoint; the body of the response is still to be read.
   * @param path such as `/chat/completions`
   * @param options.timeout milliseconds until the headers of the answer
   * @throws ReportedFailure for a status that is no success, and what the transport throws
   */
  async postJson(
    path: string,
    body: object,
    { signal, timeout }: { signal: AbortSignal; timeout: number },
  ): Promise<HttpResponse> {
    const key = `${timeout} ${path}`;
    const prepared = this.#prepared.get(key) ?? (await this.#prepare(key, path, timeout));
    const text = JSON.stringify(body);
    const request = { ...prepared, method: 'POST', body: text, signal, headersTimeoutMs: timeout };
    const response = await this.#transport.send(request);
    if (response.ok) return response;
    const said = await response.text().catch(String);
    throw toFailure(APIError.generate(response.status, reported(said), said, response.headers));
  }

  /**
   * Any other request; the body of the response is still to be read.
   * @throws as `postJson`
   */
  async ask(method: 'get' | 'post', path: string, options: RequestOptions): Promise<HttpResponse> {
    let response: Response;
    try {
      response = await this[method](path, options).asResponse();
    } catch (error) {
      throw toFailure(error);
    }
    if (!(response instanceof HttpResponse)) throw new MalformedAnswer('a response of another transport');
    return response;
  }

  /** Names of models, of all pages. @throws as `postJson` */
  async listModels(timeout: number): Promise<string[]> {
    try {
      const names: string[] = [];
      for await (const { id } of this.models.list({ timeout })) names.push(id);
      return names;
    } catch (error) {
      throw toFailure(error);
    }
  }

  async #prepare(key: string, path: string, timeout: number): Promise<PreparedRequest> {
    const { req, url } = await this.buildRequest({ method: 'post', path, timeout, body: {} });
    const prepared = { url, headers: [...req.headers].flat() };
    this.#prepared.set(key, prepared);
    return prepared;
  }
}

/** Errors with a status are the provider's; the rest broke on the way and is told by its cause. */
function toFailure(error: unknown): unknown {
  if (!(error instanceof APIError) || error.status === undefined) return error;
  const code = error.code ?? error.type ?? undefined;
  return new ReportedFailure({
    status: error.status,
    message: messageOf(error),
    ...(code !== undefined && { code: String(code) }),
    headers: error.headers,
  });
}

/** The SDK puts the status before the provider's sentence, which may have more to tell. */
function messageOf({ error, message }: APIError): string {
  const told: WireError | undefined = typeof error === 'object' && error !== null ? error : undefined;
  return typeof told?.message === 'string' ? reasonOf(told) : message.replace(/^\d{3} /, '');
}

/** An error under its name, as the SDK takes it; some servers send nothing but the error itself. Undefined for no JSON. */
function reported(text: string): object | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (!isJsonObject(body)) return undefined;
    return body.error === undefined || body.error === null ? { error: body } : body;
  } catch {
    return undefined;
  }
}
