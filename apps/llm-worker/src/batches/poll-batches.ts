import { BudgetGuard, type ClaimedBatch, claimBatch, type Database } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import type { BatchCatalog, PriceBook } from '@troupe/spec';
import { AdvanceBatch } from './advance-batch.js';
import { BATCH_RESERVATION_SECONDS, BATCH_TIMING, type BatchTiming } from './batch-timing.js';
import { WorkerStops } from './held-batch-lease.js';

export interface PollBatchesOptions {
  database: Database;
  batches: BatchCatalog;
  prices: PriceBook;
  logger: Logger;
  /** Where it differs from what suits providers. */
  timing?: Partial<BatchTiming>;
  /** How often this process looks for batches that are due, in milliseconds; 2,000 unless told. */
  pollMs?: number;
}

/** Jitter keeps workers apart. */
const POLL_MS = 2_000;
/** A batch may hold hundreds of megabytes while it is sent. */
const AT_ONCE = 2;

/** The worker's part in batches: takes those that are due, one claim each. Any number of workers may do it at once. */
export class PollBatches {
  readonly #database: Database;
  readonly #advance: AdvanceBatch;
  readonly #logger: Logger;
  readonly #leaseSeconds: number;
  readonly #pollMs: number;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ database, batches, prices, logger, timing, pollMs = POLL_MS }: PollBatchesOptions) {
    const whole = { ...BATCH_TIMING, ...timing };
    const budgets = new BudgetGuard({ database, reservationSeconds: BATCH_RESERVATION_SECONDS });
    this.#database = database;
    this.#logger = logger;
    this.#leaseSeconds = whole.leaseSeconds;
    this.#pollMs = pollMs;
    this.#advance = new AdvanceBatch({ database, batches, prices, budgets, timing: whole, logger });
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#look(), this.#pollMs * (0.5 + Math.random()));
  }

  /** Takes no more, and hands back what is under way; resolves when that is done. */
  async stop(): Promise<void> {
    this.#stop.abort(new WorkerStops());
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay);
  }

  async #look(): Promise<void> {
    try {
      while (!this.#stop.signal.aborted && this.#underWay.size < AT_ONCE) {
        const batch = await claimBatch(this.#database, this.#leaseSeconds);
        if (batch === undefined) break;
        this.#take(batch);
      }
    } catch (error) {
      this.#logger.warn({ err: error }, 'could not look for due batches');
    } finally {
      if (!this.#stop.signal.aborted) this.start();
    }
  }

  #take(batch: ClaimedBatch): void {
    const work = this.#advance
      .advance(batch, this.#stop.signal)
      // Its lease runs out, and then it is due again.
      .catch((error: unknown) => this.#logger.warn({ err: error, batch: batch.id }, 'a batch could not be put back'))
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }
}
