import { Inject, Injectable } from '@nestjs/common';
import { Database, estimatedUsage, ledgerRow, outcomeOfError, recordUsage } from '@troupe/database';
import { embed, ModelCalls } from '@troupe/model-calls';
import type { Logger, Metrics } from '@troupe/observability';
import type { EmbeddingCatalog, EmbeddingResponse, ModelUsage } from '@troupe/spec';
import type { Caller } from '../auth/caller.js';
import { LOGGER, METRICS, MODELS } from '../tokens.js';
import type { EmbeddingBody } from './embedding-request.js';
import { modelOfClient } from './model-of-client.js';

export interface EmbeddingList {
  object: 'list';
  data: { object: 'embedding'; index: number; embedding: number[] | string }[];
  model: string;
  usage: { prompt_tokens: number; total_tokens: number };
}

/** Asks an embedding model, and writes down what it cost. */
@Injectable()
export class Embeddings {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(MODELS) private readonly models: EmbeddingCatalog,
    @Inject(ModelCalls) private readonly calls: ModelCalls,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws TroupeError of the catalog and the model */
  async embed(caller: Caller, body: EmbeddingBody, signal: AbortSignal): Promise<EmbeddingList> {
    const model = this.models.resolveEmbedding(modelOfClient(body.model));
    const request = { texts: [body.input].flat(), ...(body.dimensions && { dimensions: body.dimensions }) };
    const startedAt = performance.now();
    try {
      const response = await embed(this.calls, model, request, { tenant: caller.tenantId, signal });
      this.#record(caller, model.id, startedAt, 'completed', usageOf(response));
      return embeddingList(body, response);
    } catch (error) {
      this.#record(caller, model.id, startedAt, outcomeOfError(error), estimatedUsage(0, 0));
      throw error;
    }
  }

  #record({ tenantId }: Caller, id: string, startedAt: number, outcome: string, usage: ModelUsage): void {
    const price = this.calls.prices.priceOf(id, usage);
    const row = ledgerRow({ purpose: 'embedding', model: id, outcome, usage, price });
    const { provider, model } = row;
    this.metrics.callTook({ provider, model, outcome }, (performance.now() - startedAt) / 1_000);
    this.metrics.countCall(row);
    // Not waited for: the answer is there, and a ledger that is away for a moment must not take it back.
    recordUsage(this.database, { tenantId }, row).catch((error: unknown) =>
      this.logger.error({ err: error, row }, 'the usage of an embedding call could not be stored'),
    );
  }
}

function usageOf({ inputTokens, estimated }: EmbeddingResponse): ModelUsage {
  return { ...estimatedUsage(inputTokens, 0), estimated };
}

function embeddingList(
  { model, encoding_format }: EmbeddingBody,
  { vectors, inputTokens }: EmbeddingResponse,
): EmbeddingList {
  const data = vectors.map((vector, index) => {
    const embedding = encoding_format === 'base64' ? base64Of(vector) : vector;
    return { object: 'embedding' as const, index, embedding };
  });
  return { object: 'list', data, model, usage: { prompt_tokens: inputTokens, total_tokens: inputTokens } };
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}
