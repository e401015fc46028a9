import type { ModelId } from '@troupe/contracts';
import type { EmbeddingModel, EmbeddingRequest, EmbeddingResponse, ModelCallOptions } from '@troupe/spec';
import { type BatchLimits, batchesOfTexts } from '../shared/batches-of-texts.js';
import { MalformedAnswer } from '../shared/provider-failure.js';
import { readJsonAnswer } from '../shared/read-json-answer.js';
import type { OllamaModelOptions } from './ollama-model.js';
import type { WireEmbeddings } from './ollama-wire.js';

/** The server sets no bound; a local one works through a request at once, and others wait meanwhile. */
const limits: BatchLimits = { maxInputs: 128, maxTokens: 100_000 };

/** English text, for servers that count nothing. */
const charactersPerToken = 4;

/** A model behind `/api/embed`. Many texts are sent in several requests, one after the other. */
export class OllamaEmbeddingModel implements EmbeddingModel {
  readonly id: ModelId;
  readonly accounts: readonly string[];

  constructor(readonly options: OllamaModelOptions) {
    this.id = options.id;
    this.accounts = options.clients.accounts;
  }

  async embed(
    { texts, dimensions }: EmbeddingRequest,
    { signal, account }: ModelCallOptions = {},
  ): Promise<EmbeddingResponse> {
    const { model, clients, errors, timeouts } = this.options;
    const whole: EmbeddingResponse = { vectors: [], inputTokens: 0, estimated: false };
    for (const input of batchesOfTexts(texts, limits)) {
      const body = { model, input, truncate: false as const, ...(dimensions !== undefined && { dimensions }) };
      const { vectors, inputTokens, estimated } = await readJsonAnswer<WireEmbeddings, EmbeddingResponse>({
        open: (callSignal) => clients.of(account).embed(body, callSignal, timeouts.wholeAnswerMs),
        read: (answer) => readEmbeddings(answer, input),
        errors,
        timeouts,
        signal,
      });
      for (const vector of vectors) whole.vectors.push(vector);
      whole.inputTokens += inputTokens;
      whole.estimated ||= estimated;
    }
    return whole;
  }
}

function readEmbeddings({ embeddings = [], prompt_eval_count }: WireEmbeddings, input: string[]): EmbeddingResponse {
  if (embeddings.length !== input.length) {
    throw new MalformedAnswer(`${embeddings.length} vectors for ${input.length} texts`);
  }
  const guessed = Math.ceil(input.join('').length / charactersPerToken);
  return {
    vectors: embeddings,
    inputTokens: prompt_eval_count ?? guessed,
    estimated: prompt_eval_count === undefined,
  };
}
