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
import type { KeyedClients } from '../../shared/keyed-clients.js';
import type { ProviderErrors } from '../../shared/provider-errors.js';
import type { ProviderTimeouts } from '../../shared/provider-timeouts.js';
import { readWholeAnswer } from '../../shared/read-whole-answer.js';
import { ServerSentEventReader } from '../../shared/server-sent-event-reader.js';
import { streamModelEvents } from '../../shared/stream-model-events.js';
import { openResponse } from '../open-response.js';
import { convertToResponsesRequest } from './convert-to-responses-request.js';
import { ResponsesParser } from './responses-parser.js';
import type { WireResponse } from './responses-wire.js';

export interface ResponsesModelOptions {
  id: ModelId;
  /** Its name among ours, which marks what goes back to it. */
  provider: string;
  /** The model's name in OpenAI's words. */
  model: string;
  clients: KeyedClients<OpenAI>;
  capabilities: ModelCapabilities;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
}

/** A model behind the Responses API, which takes its reasoning back: the SDK sends, the body is read here. */
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
      open: async (callSignal) =>
        openResponse(
          clients
            .of(account)
            .responses.create(convertToResponsesRequest(request, provider, model), {
              signal: callSignal,
              timeout: timeouts.wholeAnswerMs,
            })
            .asResponse(),
        ),
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

  stream(request: ModelRequest, { signal, account }: ModelCallOptions = {}): AsyncIterable<ModelEvent> {
    const { clients, errors, timeouts, provider, model } = this.options;
    return streamModelEvents({
      open: async (callSignal) =>
        openResponse(
          clients
            .of(account)
            .responses.create(
              { ...convertToResponsesRequest(request, provider, model), stream: true },
              { signal: callSignal, timeout: timeouts.firstByteMs },
            )
            .asResponse(),
        ),
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
