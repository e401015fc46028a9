import type { ModelId } from '@troupe/contracts';
import type { EmbeddingModel, EmbeddingRequest, EmbeddingResponse, ModelCallOptions } from '@troupe/spec';
import { type BatchLimits, batchesOfTexts } from '../shared/batches-of-texts.js';
import type { KeyedClients } from '../shared/keyed-clients.js';
import type { ProviderErrors } from '../shared/provider-errors.js';
import { MalformedAnswer } from '../shared/provider-failure.js';
import type { ProviderTimeouts } from '../shared/provider-timeouts.js';
import { readJsonAnswer } from '../shared/read-json-answer.js';
import type { OpenAiClient } from './create-openai-clients.js';

/** OpenAI's own bounds of one request; other servers have them too or wider ones. */
export const openAiBatchLimits: BatchLimits = { maxInputs: 2_048, maxTokens: 300_000 };

export interface OpenAiEmbeddingModelOptions {
  id: ModelId;
  model: string;
  clients: KeyedClients<OpenAiClient>;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
  limits: BatchLimits;
}

/** English text, for servers that count nothing. */
const charactersPerToken = 4;

interface WireEmbeddings {
  data?: { index?: number; embedding?: number[] }[];
  usage?: { prompt_tokens?: number; total_tokens?: number } | null;
}

/** A model behind `/embeddings`. Many texts are sent in several requests, one after the other. */
export class OpenAiEmbeddingModel implements EmbeddingModel {
  readonly id: ModelId;
  readonly accounts: readonly string[];

  constructor(readonly options: OpenAiEmbeddingModelOptions) {
    this.id = options.id;
    this.accounts = options.clients.accounts;
  }

  async embed({ texts, dimensions }: EmbeddingRequest, options: ModelCallOptions = {}): Promise<EmbeddingResponse> {
    const whole: EmbeddingResponse = { vectors: [], inputTokens: 0, estimated: false };
    for (const batch of batchesOfTexts(texts, this.options.limits)) {
      const { vectors, inputTokens, estimated } = await this.#embedBatch(batch, dimensions, options);
      for (const vector of vectors) whole.vectors.push(vector);
      whole.inputTokens += inputTokens;
      whole.estimated ||= estimated;
    }
    return whole;
  }

  #embedBatch(
    texts: string[],
    dimensions: number | undefined,
    { signal, account }: ModelCallOptions,
  ): Promise<EmbeddingResponse> {
    const { model, clients, errors, timeouts } = this.options;
    return readJsonAnswer<WireEmbeddings, EmbeddingResponse>({
      open: async (callSignal) => {
        const sdk = await clients.of(account).get();
        const body = { model, input: texts, encoding_format: 'float', ...(dimensions !== undefined && { dimensions }) };
        return sdk.postJson('/embeddings', body, { signal: callSignal, timeout: timeouts.wholeAnswerMs });
      },
      read: (answer) => readEmbeddings(answer, texts),
      errors,
      timeouts,
      signal,
    });
  }
}

/** Vectors come with the index of their text, in whatever order. */
function readEmbeddings({ data = [], usage }: WireEmbeddings, texts: string[]): EmbeddingResponse {
  const byIndex = new Map(data.map(({ index, embedding }, position) => [index ?? position, embedding]));
  const vectors = texts.map((_, index) => {
    const vector = byIndex.get(index);
    if (!Array.isArray(vector)) throw new MalformedAnswer(`${data.length} vectors for ${texts.length} texts`);
    return vector;
  });
  const counted = usage?.prompt_tokens ?? usage?.total_tokens;
  const guessed = Math.ceil(texts.join('').length / charactersPerToken);
  return { vectors, inputTokens: counted ?? guessed, estimated: counted === undefined };
}
