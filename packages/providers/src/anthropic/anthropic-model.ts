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
import type { HttpResponse } from '../shared/http-response.js';
import type { KeyedClients } from '../shared/keyed-clients.js';
import type { OnFirstUse } from '../shared/on-first-use.js';
import type { ProviderErrors } from '../shared/provider-errors.js';
import type { ProviderTimeouts } from '../shared/provider-timeouts.js';
import { readWholeAnswer } from '../shared/read-whole-answer.js';
import { ServerSentEventReader } from '../shared/server-sent-event-reader.js';
import { streamModelEvents } from '../shared/stream-model-events.js';
import { AnthropicMessageParser } from './anthropic-message-parser.js';
import type { AnthropicSdk } from './anthropic-sdk.js';
import type { WireAnswer } from './anthropic-wire.js';
import { convertToAnthropicRequest } from './convert-to-anthropic-request.js';

export interface AnthropicModelOptions {
  id: ModelId;
  /** The provider's id. */
  provider: string;
  /** The model's name in Anthropic's words. */
  model: string;
  clients: KeyedClients<OnFirstUse<AnthropicSdk>>;
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
    const body = { ...convertToAnthropicRequest(request, model, provider), stream };
    const sdk = await clients.of(account).get();
    return sdk.ask('post', '/v1/messages', { body, signal, timeout, stream });
  }
}
