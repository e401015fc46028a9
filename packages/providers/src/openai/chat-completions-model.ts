import type { ModelId } from '@troupe/contracts';
import type {
  ChatModel,
  ModelCallOptions,
  ModelCapabilities,
  ModelEvent,
  ModelRequest,
  ModelResponse,
} from '@troupe/spec';
import type { OpenAI } from 'openai';
import { APIError } from 'openai';
import { HttpResponse } from '../shared/http-response.js';
import type { KeyedClients } from '../shared/keyed-clients.js';
import type { ProviderErrors } from '../shared/provider-errors.js';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import type { ProviderTimeouts } from '../shared/provider-timeouts.js';
import { readWholeAnswer } from '../shared/read-whole-answer.js';
import { ServerSentEventReader } from '../shared/server-sent-event-reader.js';
import { streamModelEvents } from '../shared/stream-model-events.js';
import { ChatCompletionParser, type ReasoningEnvelope } from './chat-completion-parser.js';
import type { ChatCompletionBody } from './convert-to-openai-request.js';
import type { WireChunk } from './openai-wire.js';

export interface ChatCompletionsModelOptions {
  id: ModelId;
  /** The model's name in the provider's words. */
  model: string;
  clients: KeyedClients<OpenAI>;
  capabilities: ModelCapabilities;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
  toBody(request: ModelRequest): ChatCompletionBody;
  /** Whether usage in streams must be asked for. */
  asksForUsage: boolean;
  newEnvelope?(): ReasoningEnvelope;
}

/** A model behind Chat Completions: the SDK sends, the body is read here. */
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
    const { clients, errors, timeouts, toBody } = this.options;
    return readWholeAnswer<WireChunk>({
      open: (callSignal) =>
        opened(
          clients
            .of(account)
            .chat.completions.create(toBody(request), { signal: callSignal, timeout: timeouts.wholeAnswerMs })
            .asResponse(),
        ),
      read: (answer) => {
        const parser = this.#newParser(request);
        parser.read(answer, []);
        return parser.finish();
      },
      errors,
      signal,
    });
  }

  stream(request: ModelRequest, { signal, account }: ModelCallOptions = {}): AsyncIterable<ModelEvent> {
    const { clients, errors, timeouts, toBody, asksForUsage } = this.options;
    return streamModelEvents({
      open: (callSignal) =>
        opened(
          clients
            .of(account)
            .chat.completions.create(
              { ...toBody(request), stream: true, ...(asksForUsage && { stream_options: { include_usage: true } }) },
              { signal: callSignal, timeout: timeouts.firstByteMs },
            )
            .asResponse(),
        ),
      frames: new ServerSentEventReader(),
      parser: this.#newParser(request),
      errors,
      contentIdleMs: timeouts.contentIdleMs,
      signal,
    });
  }

  #newParser(request: ModelRequest): ChatCompletionParser {
    return new ChatCompletionParser(request, this.options.model, this.options.newEnvelope?.());
  }
}

async function opened(sent: Promise<Response>): Promise<HttpResponse> {
  let response: Response;
  try {
    response = await sent;
  } catch (error) {
    throw toFailure(error);
  }
  if (!(response instanceof HttpResponse)) throw new MalformedAnswer('a response of another transport');
  return response;
}

/** Errors with a status are the provider's; the rest broke on the way and is told by its cause. */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof APIError) || error.status === undefined) return error;
  const code = error.code ?? error.type ?? undefined;
  return new ReportedFailure({
    status: error.status,
    message: error.message.replace(/^\d{3} /, ''),
    ...(code !== undefined && { code: String(code) }),
    headers: error.headers,
  });
}
