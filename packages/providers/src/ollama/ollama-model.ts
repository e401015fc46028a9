import type { ModelId } from '@troupe/contracts';
import type {
  ChatModel,
  ModelCallOptions,
  ModelCapabilities,
  ModelEvents,
  ModelRequest,
  ModelResponse,
} from '@troupe/spec';
import { JsonLineReader } from '../shared/json-line-reader.js';
import type { KeyedClients } from '../shared/keyed-clients.js';
import type { ProviderErrors } from '../shared/provider-errors.js';
import type { ProviderTimeouts } from '../shared/provider-timeouts.js';
import { readWholeAnswer } from '../shared/read-whole-answer.js';
import { streamModelEvents } from '../shared/stream-model-events.js';
import { convertToOllamaRequest } from './convert-to-ollama-request.js';
import { OllamaChatParser } from './ollama-chat-parser.js';
import type { OllamaClient } from './ollama-client.js';
import type { WireLine } from './ollama-wire.js';

export interface OllamaModelOptions {
  id: ModelId;
  /** The provider's id. */
  provider: string;
  /** The model's name in Ollama's words, tag included. */
  model: string;
  clients: KeyedClients<OllamaClient>;
  capabilities: ModelCapabilities;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
}

/** A model behind `/api/chat`. */
export class OllamaModel implements ChatModel {
  readonly id: ModelId;
  readonly accounts: readonly string[];
  readonly capabilities: ModelCapabilities;

  constructor(readonly options: OllamaModelOptions) {
    this.id = options.id;
    this.accounts = options.clients.accounts;
    this.capabilities = options.capabilities;
  }

  generate(request: ModelRequest, { signal, account }: ModelCallOptions = {}): Promise<ModelResponse> {
    const { clients, provider, model, errors, timeouts } = this.options;
    return readWholeAnswer<WireLine>({
      open: async (callSignal) =>
        clients
          .of(account)
          .chat(convertToOllamaRequest(request, { provider, model }, false), callSignal, timeouts.wholeAnswerMs),
      read: (answer) => {
        const parser = new OllamaChatParser(request, model, provider);
        parser.read(answer, []);
        if (!parser.ended) throw errors.interrupted('the model was not there to the end');
        return parser.finish();
      },
      errors,
      timeouts,
      signal,
    });
  }

  stream(request: ModelRequest, { signal, account }: ModelCallOptions = {}): ModelEvents {
    const { clients, provider, model, errors, timeouts } = this.options;
    return streamModelEvents({
      open: async (callSignal) =>
        clients
          .of(account)
          .chat(convertToOllamaRequest(request, { provider, model }, true), callSignal, timeouts.firstByteMs),
      frames: new JsonLineReader(),
      parser: new OllamaChatParser(request, model, provider),
      errors,
      timeouts,
      signal,
    });
  }
}
