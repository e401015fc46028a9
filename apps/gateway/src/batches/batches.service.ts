import { Inject, Injectable } from '@nestjs/common';
import type { Batch, BatchItemResult, Page } from '@troupe/contracts';
import {
  cancelBatch,
  createBatch,
  Database,
  listBatches,
  listBatchResults,
  type NewStoredBatch,
  readBatch,
} from '@troupe/database';
import type { BatchCatalog, ModelCatalog } from '@troupe/spec';
import type { Caller } from '../auth/caller.js';
import { numberCursor } from '../input/cursors.js';
import { type PageQueryDto, pageOf } from '../input/page-query.dto.js';
import { MODELS } from '../tokens.js';
import { batchItemResult } from './batch-item-result.js';
import type { CreateBatchDto } from './create-batch.dto.js';
import { readBatchItems } from './read-batch-items.js';
import { readBatchMetadata } from './read-batch-metadata.js';

/** Results that are read at once for a caller who wants them all. */
const PAGE = 100;

/** Stores batches, for a worker to find, and tells what became of them. */
@Injectable()
export class BatchesService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(MODELS) private readonly models: BatchCatalog & ModelCatalog,
  ) {}

  /** Everything that can be wrong with it is found here. */
  async prepare({ tenantId, keyId }: Caller, body: CreateBatchDto): Promise<NewStoredBatch> {
    const provider = this.models.resolveBatches(body.model ?? this.models.defaultModel);
    return {
      tenantId,
      apiKeyId: keyId,
      model: provider.model,
      metadata: readBatchMetadata(body.metadata),
      items: await readBatchItems(body.items, provider),
    };
  }

  store(batch: NewStoredBatch): Promise<Batch> {
    return createBatch(this.database, batch);
  }

  list(tenantId: string, page: { before: string | null; limit: number }): Promise<Batch[]> {
    return listBatches(this.database, tenantId, page);
  }

  read(tenantId: string, id: string): Promise<Batch> {
    return readBatch(this.database, tenantId, id);
  }

  cancel(tenantId: string, id: string): Promise<Batch> {
    return cancelBatch(this.database, tenantId, id);
  }

  async results(tenantId: string, batchId: string, query: PageQueryDto): Promise<Page<BatchItemResult>> {
    const after = numberCursor(query);
    await readBatch(this.database, tenantId, batchId);
    const page = await pageOf(
      query,
      (limit) => listBatchResults(this.database, { tenantId, batchId }, { after, limit }),
      ({ position }) => String(position),
    );
    return { ...page, data: page.data.map(batchItemResult) };
  }

  /** Every result behind the cursor as a line of JSON, read as fast as it is taken. */
  async *lines(tenantId: string, batchId: string, query: PageQueryDto): AsyncGenerator<string, void> {
    for (let after = numberCursor(query); ; ) {
      const results = await listBatchResults(this.database, { tenantId, batchId }, { after, limit: PAGE });
      yield results.map((result) => `${JSON.stringify(batchItemResult(result))}\n`).join('');
      const last = results.at(-1);
      if (last === undefined || results.length < PAGE) return;
      after = last.position;
    }
  }
}
