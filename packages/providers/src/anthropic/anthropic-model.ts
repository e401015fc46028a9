import type { Anthropic } from '@anthropic-ai/sdk';
import { APIError } from '@anthropic-ai/sdk';
import type { ModelId } from '@troupe/contracts';
import type {
  ChatModel,
  ModelCallOptions,
  ModelCapabilities,
  ModelEvents,
  ModelRequest,
  ModelResponse,
} from '@troupe/spec';
import { AnswerToolParser, readAnswerTool } from '../shared/answer-tool.js';
import { HttpResponse } from '../shared/http-response.js';
import type { KeyedClients } from '../shared/keyed-clients.js';
import type { ProviderErrors } from '../shared/provider-errors.js';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import type { ProviderTimeouts } from '../shared/provider-timeouts.js';
import { readWholeAnswer } from '../shared/read-whole-answer.js';
import { ServerSentEventReader } from '../shared/server-sent-event-reader.js';
import { streamModelEvents } from '../shared/stream-model-events.js';
import { AnthropicMessageParser } from './anthropic-message-parser.js';
import type { WireAnswer } from './anthropic-wire.js';
import { convertToAnthropicRequest } from './convert-to-anthropic-request.js';

export interface AnthropicModelOptions {
  id: ModelId;
  /** The provider's id. */
  provider: string;
  /** The model's name in Anthropic's words. */
  model: string;
  clients: KeyedClients<Anthropic>;
  capabilities: ModelCapabilities;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
}

/** A model behind the Messages API: the SDK sends, the body is read here. */
export class AnthropicModel implements ChatModel {
  readonly id: ModelId;
  readonly accounts: readonly string[];
  readonly capabilities: ModelCapabilities;

  constructor(readonly options: AnthropicModelOptions) {
    this.id = options.id;
    this.accounts = options.clients.accounts;
    this.capabilities = options.capabilities;
  }

  generate(request: ModelRequest, { signal, account }: ModelCallOptions = {}): Promise<ModelResponse> {
    const { provider, model, errors, timeouts } = this.options;
    return readWholeAnswer<WireAnswer>({
      open: (callSignal) => this.#send(request, { stream: false, account }, callSignal, timeouts.wholeAnswerMs),
      read: (answer) => {
        const parser = new AnthropicMessageParser(request, model, provider);
        parser.read(answer);
        return readAnswerTool(parser.finish());
      },
      errors,
      timeouts,
      signal,
    });
  }

  stream(request: ModelRequest, { signal, account }: ModelCallOptions = {}): ModelEvents {
    const { provider, model, errors, timeouts } = this.options;
    const parser = new AnthropicMessageParser(request, model, provider);
    return streamModelEvents({
      open: (callSignal) => this.#send(request, { stream: true, account }, callSignal, timeouts.firstByteMs),
      frames: new ServerSentEventReader(),
      parser: request.outputSchema === undefined ? parser : new AnswerToolParser(parser),
      errors,
      timeouts,
      signal,
    });
  }

  /** By the client's own post, because `messages.create` writes to the console at every call of an ageing model. */
  async #send(
    request: ModelRequest,
    { stream, account }: { stream: boolean; account: string | undefined },
    signal: AbortSignal,
    timeout: number,
  ): Promise<HttpResponse> {
    const { clients, provider, model } = this.options;
    let response: Response;
    try {
      const body = { ...convertToAnthropicRequest(request, model, provider), stream };
      response = await clients.of(account).post('/v1/messages', { body, signal, timeout, stream }).asResponse();
    } catch (error) {
      throw toFailure(error);
    }
    if (!(response instanceof HttpResponse)) throw new MalformedAnswer('a response of another transport');
    return response;
  }
}

/** Errors with a status are the provider's; the rest broke on the way and is told by its cause. */
export function toFailure(error: unknown): unknown {
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
