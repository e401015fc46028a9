import type { BudgetGuard, Database } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import type { BatchCatalog, PriceBook } from '@troupe/spec';
import type { BatchTiming } from './batch-timing.js';

export interface AdvanceBatchOptions {
  database: Database;
  batches: BatchCatalog;
  prices: PriceBook;
  budgets: BudgetGuard;
  timing: BatchTiming;
  logger: Logger;
}
