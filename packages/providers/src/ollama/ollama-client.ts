import type { HttpResponse } from '../shared/http-response.js';
import type { HttpTransport } from '../shared/http-transport.js';
import { isJsonObject } from '../shared/parse-tool-arguments.js';
import { ReportedFailure } from '../shared/provider-failure.js';
import type { WireEmbedRequest, WireRequest } from './ollama-wire.js';

export interface OllamaClientOptions {
  /** Without `/api`. */
  baseUrl: string;
  apiKey?: string;
  transport: HttpTransport;
}

/** Ollama's native API. */
export class OllamaClient {
  readonly #url: string;
  readonly #headers: string[];

  constructor(readonly options: OllamaClientOptions) {
    this.#url = options.baseUrl.replace(/\/+$/, '');
    this.#headers = ['accept', 'application/json', 'content-type', 'application/json'];
    if (options.apiKey !== undefined) this.#headers.push('authorization', `Bearer ${options.apiKey}`);
  }

  chat(body: WireRequest, signal: AbortSignal, headersTimeoutMs: number): Promise<HttpResponse> {
    return this.#send('POST', '/api/chat', headersTimeoutMs, signal, JSON.stringify(body));
  }

  embed(body: WireEmbedRequest, signal: AbortSignal, headersTimeoutMs: number): Promise<HttpResponse> {
    return this.#send('POST', '/api/embed', headersTimeoutMs, signal, JSON.stringify(body));
  }

  /** Names of the models that the server has. */
  async listModels(timeoutMs: number): Promise<string[]> {
    const response = await this.#send('GET', '/api/tags', timeoutMs);
    const { models } = JSON.parse(await response.text()) as { models?: { name?: string }[] };
    return (models ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
  }

  async #send(
    method: string,
    path: string,
    headersTimeoutMs: number,
    signal?: AbortSignal,
    body?: string,
  ): Promise<HttpResponse> {
    const response = await this.options.transport.send({
      url: this.#url + path,
      method,
      headers: this.#headers,
      body,
      signal,
      headersTimeoutMs,
    });
    if (response.status >= 200 && response.status < 300) return response;
    const text = await response.text();
    throw new ReportedFailure({ status: response.status, message: messageOf(text), headers: response.headers });
  }
}

/** Errors are `{"error": "a sentence"}`; a proxy in front may say anything. */
function messageOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (isJsonObject(body) && typeof body.error === 'string') return body.error;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return text;
}
