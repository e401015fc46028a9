import type { ModelId } from '@troupe/contracts';
import type {
  ChatModel,
  ModelCallOptions,
  ModelCapabilities,
  ModelEvents,
  ModelRequest,
  ModelResponse,
} from '@troupe/spec';
import type { KeyedClients } from '../../shared/keyed-clients.js';
import type { ProviderErrors } from '../../shared/provider-errors.js';
import type { ProviderTimeouts } from '../../shared/provider-timeouts.js';
import { readWholeAnswer } from '../../shared/read-whole-answer.js';
import { ServerSentEventReader } from '../../shared/server-sent-event-reader.js';
import { streamModelEvents } from '../../shared/stream-model-events.js';
import type { OpenAiClient } from '../create-openai-clients.js';
import { convertToResponsesRequest } from './convert-to-responses-request.js';
import { ResponsesParser } from './responses-parser.js';
import type { WireResponse } from './responses-wire.js';

export interface ResponsesModelOptions {
  id: ModelId;
  /** Its name among ours, which marks what goes back to it. */
  provider: string;
  /** The model's name in OpenAI's words. */
  model: string;
  clients: KeyedClients<OpenAiClient>;
  capabilities: ModelCapabilities;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
}

const PATH = '/responses';

/** A model behind the Responses API, which takes its reasoning back: the SDK prepares what is sent, the body is read here. */
export class ResponsesModel implements ChatModel {
  readonly id: ModelId;
  readonly accounts: readonly string[];
  readonly capabilities: ModelCapabilities;

  constructor(readonly options: ResponsesModelOptions) {
    this.id = options.id;
    this.accounts = options.clients.accounts;
    this.capabilities = options.capabilities;
  }

  generate(request: ModelRequest, { signal, account }: ModelCallOptions = {}): Promise<ModelResponse> {
    const { clients, errors, timeouts, provider, model } = this.options;
    return readWholeAnswer<WireResponse>({
      open: async (callSignal) => {
        const body = convertToResponsesRequest(request, provider, model);
        const sdk = await clients.of(account).get();
        return sdk.postJson(PATH, body, { signal: callSignal, timeout: timeouts.wholeAnswerMs });
      },
      read: (answer) => {
        const parser = this.#newParser(request);
        parser.read(answer, []);
        return parser.finish();
      },
      errors,
      timeouts,
      signal,
    });
  }

  stream(request: ModelRequest, { signal, account }: ModelCallOptions = {}): ModelEvents {
    const { clients, errors, timeouts, provider, model } = this.options;
    return streamModelEvents({
      open: async (callSignal) => {
        const body = { ...convertToResponsesRequest(request, provider, model), stream: true };
        const sdk = await clients.of(account).get();
        return sdk.postJson(PATH, body, { signal: callSignal, timeout: timeouts.firstByteMs });
      },
      frames: new ServerSentEventReader(),
      parser: this.#newParser(request),
      errors,
      timeouts,
      signal,
    });
  }

  #newParser(request: ModelRequest): ResponsesParser {
    return new ResponsesParser(request, this.options.provider, this.options.model);
  }
}
