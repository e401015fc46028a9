import { Anthropic, APIError } from '@anthropic-ai/sdk';
import { HttpResponse } from '../shared/http-response.js';
import type { HttpTransport } from '../shared/http-transport.js';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';

/** The SDK's own version, 2026-10-21, refuses sampling parameters even at their defaults; this one is still served. */
const apiVersion = '2023-06-01';

export interface AnthropicSdkOptions {
  apiKey: string;
  baseUrl: string;
  transport: HttpTransport;
}

type RequestOptions = NonNullable<Parameters<Anthropic['get']>[1]>;

/** Anthropic's SDK: it sends, and bodies are read by whoever asked. */
export class AnthropicSdk {
  readonly #sdk: Anthropic;

  constructor({ apiKey, baseUrl, transport }: AnthropicSdkOptions) {
    this.#sdk = new Anthropic({
      apiKey,
      baseURL: baseUrl,
      // The pinned version knows the key by this header; the bearer token that the SDK sends belongs to the new one.
      defaultHeaders: { 'anthropic-version': apiVersion, 'x-api-key': apiKey, Authorization: null },
      fetch: transport.fetch,
      // The worker owns retries, so that every call is limited and accounted for.
      maxRetries: 0,
      logLevel: 'off',
      openTelemetry: false,
    });
  }

  /** The body of the response is still to be read. @throws ReportedFailure for a status that is no success */
  async ask(method: 'get' | 'post', path: string, options: RequestOptions): Promise<HttpResponse> {
    let response: Response;
    try {
      response = await this.#sdk[method](path, options).asResponse();
    } catch (error) {
      throw toFailure(error);
    }
    if (!(response instanceof HttpResponse)) throw new MalformedAnswer('a response of another transport');
    return response;
  }

  /** Names of models, of all pages. @throws as `ask` */
  async listModels(timeout: number): Promise<string[]> {
    try {
      const names: string[] = [];
      for await (const { id } of this.#sdk.models.list({ limit: 1000 }, { timeout })) names.push(id);
      return names;
    } catch (error) {
      throw toFailure(error);
    }
  }
}

/** Errors with a status are the provider's; the rest broke on the way and is told by its cause. */
function toFailure(error: unknown): unknown {
  if (!(error instanceof APIError) || error.status === undefined) return error;
  const body = error.error as { error?: { type?: string; message?: string } } | undefined;
  const code = body?.error?.type;
  return new ReportedFailure({
    status: error.status,
    message: body?.error?.message ?? error.message.replace(/^\d{3} /, ''),
    ...(code !== undefined && { code }),
    headers: error.headers,
  });
}
