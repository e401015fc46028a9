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
import type { KeyedClients } from '../shared/keyed-clients.js';
import type { ProviderErrors } from '../shared/provider-errors.js';
import type { ProviderTimeouts } from '../shared/provider-timeouts.js';
import { readWholeAnswer } from '../shared/read-whole-answer.js';
import { ServerSentEventReader } from '../shared/server-sent-event-reader.js';
import { streamModelEvents } from '../shared/stream-model-events.js';
import { ChatCompletionParser, type ReasoningEnvelope } from './chat-completion-parser.js';
import type { ChatCompletionBody } from './convert-to-openai-request.js';
import type { OpenAiClient } from './create-openai-clients.js';
import type { WireChunk } from './openai-wire.js';

export interface ChatCompletionsModelOptions {
  id: ModelId;
  /** The model's name in the provider's words. */
  model: string;
  clients: KeyedClients<OpenAiClient>;
  capabilities: ModelCapabilities;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
  toBody(request: ModelRequest): ChatCompletionBody;
  /** Whether usage in streams must be asked for. */
  asksForUsage: boolean;
  newEnvelope?(): ReasoningEnvelope;
  /** Whether the answer to a request comes as the call of a tool, to be read back as text. */
  answersByTool?(request: ModelRequest): boolean;
}

const PATH = '/chat/completions';

/** A model behind Chat Completions: the SDK prepares what is sent, the body is read here. */
export class ChatCompletionsModel implements ChatModel {
  readonly id: ModelId;
  readonly accounts: readonly string[];
  readonly capabilities: ModelCapabilities;

  constructor(readonly options: ChatCompletionsModelOptions) {
    this.id = options.id;
    this.accounts = options.clients.accounts;
    this.capabilities = options.capabilities;
  }

  generate(request: ModelRequest, { signal, account }: ModelCallOptions = {}): Promise<ModelResponse> {
    const { clients, errors, timeouts, toBody, answersByTool } = this.options;
    return readWholeAnswer<WireChunk>({
      open: async (callSignal) => {
        const body = toBody(request);
        const sdk = await clients.of(account).get();
        return sdk.postJson(PATH, body, { signal: callSignal, timeout: timeouts.wholeAnswerMs });
      },
      read: (answer) => {
        const parser = this.#newParser(request);
        parser.read(answer, []);
        return answersByTool?.(request) ? readAnswerTool(parser.finish()) : parser.finish();
      },
      errors,
      timeouts,
      signal,
    });
  }

  stream(request: ModelRequest, { signal, account }: ModelCallOptions = {}): ModelEvents {
    const { clients, errors, timeouts, toBody, asksForUsage, answersByTool } = this.options;
    const parser = this.#newParser(request);
    return streamModelEvents({
      open: async (callSignal) => {
        const usage = asksForUsage && { stream_options: { include_usage: true } };
        const body = { ...toBody(request), stream: true, ...usage };
        const sdk = await clients.of(account).get();
        return sdk.postJson(PATH, body, { signal: callSignal, timeout: timeouts.firstByteMs });
      },
      frames: new ServerSentEventReader(),
      parser: answersByTool?.(request) ? new AnswerToolParser(parser) : parser,
      errors,
      timeouts,
      signal,
    });
  }

  #newParser(request: ModelRequest): ChatCompletionParser {
    return new ChatCompletionParser(request, this.options.model, this.options.newEnvelope?.());
  }
}
