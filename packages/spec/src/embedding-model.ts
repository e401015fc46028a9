import type { ModelId } from '@troupe/contracts';
import type { ModelCallOptions } from './chat-model.js';

/** Texts that become vectors. */
export interface EmbeddingRequest {
  /** One vector each, in the same order. */
  texts: readonly string[];
  /** Length of the vectors, where the model can shorten them. */
  dimensions?: number;
}

/** Vectors in the order of the texts, and what they took. */
export interface EmbeddingResponse {
  vectors: number[][];
  inputTokens: number;
  /** True when the provider reported nothing. */
  estimated: boolean;
}

/** The embedding models of the providers that are configured. */
export interface EmbeddingCatalog {
  /** @throws TroupeError as `ModelCatalog.resolve`, and `model_not_found` where the provider has no embeddings. */
  resolveEmbedding(id: ModelId): EmbeddingModel;
}

/** One embedding model of one provider. Throws as `ChatModel` does. */
export interface EmbeddingModel {
  readonly id: ModelId;
  readonly accounts: readonly string[];

  embed(request: EmbeddingRequest, options?: ModelCallOptions): Promise<EmbeddingResponse>;
}
