import {
  type ChatModel,
  type HttpTransport,
  type KeyedClients,
  type ModelCallOptions,
  type ModelCapabilities,
  type ModelEvent,
  type ModelRequest,
  type ModelResponse,
  type ProviderErrors,
  readWholeAnswer,
  ServerSentEventReader,
  sendJson,
  streamModelEvents,
} from 'troupe/provider-kit';
import { AcmeAnswerParser, type AcmeChunk } from './acme-answer-parser.ts';
import { convertToAcmeRequest } from './convert-to-acme-request.ts';

export interface AcmeModelOptions {
  provider: string;
  model: string;
  url: string;
  /** The headers that each key needs. */
  keys: KeyedClients<Record<string, string>>;
  errors: ProviderErrors;
  transport: HttpTransport;
}

/** What Acme's models can do. The limiter, the router and the adapter itself read it. */
const capabilities: ModelCapabilities = {
  structuredOutput: 'json_schema',
  tools: true,
  toolChoice: true,
  images: true,
  files: false,
  promptCache: 'none',
  metersOutput: 'as_written',
  metersCachedInput: true,
  batches: false,
};

/** One model of Acme. It translates; retries, limits, prices and logs are the business of its callers. */
export class AcmeModel implements ChatModel {
  readonly id: string;
  readonly accounts: readonly string[];
  readonly capabilities = capabilities;
  readonly options: AcmeModelOptions;

  constructor(options: AcmeModelOptions) {
    this.options = options;
    this.id = `${options.provider}/${options.model}`;
    this.accounts = options.keys.accounts;
  }

  generate(request: ModelRequest, { signal, account }: ModelCallOptions = {}): Promise<ModelResponse> {
    const { errors, transport } = this.options;
    return readWholeAnswer<AcmeChunk>({
      open: async (callSignal) => this.#send(request, false, callSignal, account),
      read: (answer) => {
        const parser = new AcmeAnswerParser(request);
        parser.read(answer, []);
        return parser.finish();
      },
      errors,
      timeouts: transport.timeouts,
      signal,
    });
  }

  stream(request: ModelRequest, { signal, account }: ModelCallOptions = {}): AsyncIterable<ModelEvent> {
    const { errors, transport } = this.options;
    return streamModelEvents({
      open: async (callSignal) => this.#send(request, true, callSignal, account),
      frames: new ServerSentEventReader(),
      parser: new AcmeAnswerParser(request),
      errors,
      timeouts: transport.timeouts,
      signal,
    });
  }

  #send(request: ModelRequest, stream: boolean, signal: AbortSignal, account: string | undefined) {
    const { url, keys, provider, model, transport } = this.options;
    const { firstByteMs, wholeAnswerMs } = transport.timeouts;
    return sendJson(transport, {
      url,
      headers: keys.of(account),
      body: convertToAcmeRequest(request, { provider, model, stream }),
      signal,
      timeoutMs: stream ? firstByteMs : wholeAnswerMs,
    });
  }
}
