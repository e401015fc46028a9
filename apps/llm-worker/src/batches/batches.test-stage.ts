import { type Batch, isId, newId } from '@troupe/contracts';
import {
  BudgetGuard,
  type ClaimedBatch,
  claimBatch,
  createBatch,
  Database,
  ensureTenant,
  listBatchResults,
  readBatch,
} from '@troupe/database';
import { createLogger } from '@troupe/observability';
import { createModelCatalog } from '@troupe/providers';
import type { BatchCatalog, ModelRequest, PriceBook } from '@troupe/spec';
import { createTestDatabase, type LlmSimulator, startLlmSimulator, type TestDatabase } from '@troupe/testing';
import { AdvanceBatch } from './advance-batch.js';
import { BATCH_TIMING, type BatchTiming } from './batch-timing.js';
import { WorkerStops } from './held-batch-lease.js';

export const MODELS = ['openai/gpt-4.1-mini', 'anthropic/claude-haiku-4-5'] as const;

/** A millionth of a dollar a token, and half of it in batches; `unpriced` models cost nobody knows what. */
export const prices: PriceBook = {
  priceOf: (model, usage, { batch = false } = {}) =>
    model.includes('unpriced')
      ? undefined
      : { cost: (usage.inputTokens + usage.outputTokens) * (batch ? 0.000_000_5 : 0.000_001), priceVersion: 'test@1' },
};

export interface LedgerEntry {
  purpose: string;
  outcome: string;
  model: string;
  input_tokens: number;
  cost: number | null;
  price_version: string | null;
}

/** A database, a simulator of providers, and whoever works on batches. */
export class BatchStage {
  readonly logger = createLogger({ name: 'test', level: 'silent' });

  private constructor(
    readonly server: TestDatabase,
    readonly database: Database,
    readonly simulator: LlmSimulator,
    readonly catalog: BatchCatalog,
  ) {}

  static async open(): Promise<BatchStage> {
    const server = await createTestDatabase();
    const database = await Database.connect({
      url: server.url,
      poolSize: 12,
      applicationName: 'test',
      onConnectionError: () => undefined,
    });
    await database.migrate();
    const simulator = await startLlmSimulator();
    const catalog = createModelCatalog({
      openai: { apiKeys: ['sk-one'], baseUrl: simulator.baseUrls.openai },
      anthropic: { apiKeys: ['sk-ant'], baseUrl: simulator.baseUrls.anthropic },
    });
    return new BatchStage(server, database, simulator, catalog);
  }

  async close(): Promise<void> {
    await this.simulator.close();
    await this.database.close();
    await this.server.drop();
  }

  tenant(): Promise<string> {
    return ensureTenant(this.database, newId());
  }

  /** A batch of texts to a model, each item called after its text. */
  async batch(model: string, texts: readonly string[], tenantId?: string): Promise<Batch & { tenantId: string }> {
    const owner = tenantId ?? (await this.tenant());
    const items = texts.map((text) => ({ customId: text, request: asked(text) }));
    const batch = await createBatch(this.database, {
      tenantId: owner,
      apiKeyId: null,
      model,
      metadata: { purpose: 'test' },
      items,
    });
    return { ...batch, tenantId: owner };
  }

  worker(database = this.database, catalog = this.catalog, timing: Partial<BatchTiming> = {}): AdvanceBatch {
    return new AdvanceBatch({
      database,
      batches: catalog,
      prices,
      budgets: new BudgetGuard({ database, refreshMs: 0 }),
      timing: { ...BATCH_TIMING, ...timing },
      logger: this.logger,
    });
  }

  /** Lets time pass for a batch: it is due, and whoever held it does no more. */
  async wind(id: string): Promise<void> {
    await this.change(id, 'due_at = now(), lease_until = NULL');
  }

  async change(id: string, assignments: string): Promise<void> {
    if (!isId(id)) throw new Error(`${id} is no batch.`);
    await this.database.dataSource.query(`UPDATE batches SET ${assignments} WHERE id = $1`, [id]);
  }

  /** Claims the batch, which has to be the only one that is due. */
  async claim(id: string): Promise<ClaimedBatch> {
    await this.wind(id);
    const batch = await claimBatch(this.database, BATCH_TIMING.leaseSeconds);
    if (batch?.id !== id) throw new Error(`${batch?.id} was claimed in place of ${id}.`);
    return batch;
  }

  /** One look at a batch. */
  async look(id: string, worker = this.worker()): Promise<void> {
    await worker.advance(await this.claim(id), new AbortController().signal);
  }

  /** Looks until the batch has ended. */
  async run(batch: { id: string; tenantId: string }, looks = 20): Promise<Batch> {
    for (let count = 0; count < looks; count += 1) {
      const now = await this.read(batch);
      if (now.ended_at !== null) return now;
      await this.look(batch.id);
    }
    throw new Error(`The batch did not end: ${JSON.stringify(await this.read(batch))}`);
  }

  read({ id, tenantId }: { id: string; tenantId: string }): Promise<Batch> {
    return readBatch(this.database, tenantId, id);
  }

  results({ id, tenantId }: { id: string; tenantId: string }) {
    return listBatchResults(this.database, { tenantId, batchId: id }, { after: null, limit: 1_000 });
  }

  async statuses(batch: { id: string; tenantId: string }): Promise<string[]> {
    return (await this.results(batch)).map(({ status }) => status);
  }

  async ledger(tenantId: string): Promise<LedgerEntry[]> {
    return this.database.dataSource.query(
      `SELECT purpose, outcome, model, input_tokens, cost::float8, price_version FROM usage_ledger WHERE tenant_id = $1
        ORDER BY call`,
      [tenantId],
    );
  }

  /** When the batch is looked at next, in seconds from now. */
  async dueIn(id: string): Promise<number> {
    const [row] = await this.database.dataSource.query(
      'SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM batches WHERE id = $1',
      [id],
    );
    return row.seconds;
  }
}

function asked(text: string): ModelRequest {
  return { messages: [{ role: 'user', content: [{ type: 'text', text }] }], settings: { max_tokens: 100 } };
}

export function stopping(): AbortSignal {
  return AbortSignal.abort(new WorkerStops());
}
