import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { failpoint } from '@troupe/failpoints';
import type { AdvanceRun } from './advance-run/advance-run.js';
import type { PollBatches } from './batches/poll-batches.js';
import type { LeaseKeeper } from './leases/lease-keeper.js';
import type { ReconcileRuns } from './reconcile/reconcile-runs.js';
import type { SweepOldRows } from './reconcile/sweep-old-rows.js';

/** Turns may use this much of a shutdown to end by themselves, in milliseconds; then they are handed back. */
const GRACE_MS = 12_000;
/** Storing what is handed back. */
const STORE_MS = 3_000;
const LOOK_EVERY_MS = 50;

export interface LlmWorkerLifeOptions {
  leases: LeaseKeeper;
  advanceRun: AdvanceRun;
  reconcile: ReconcileRuns;
  oldRows: SweepOldRows;
  batches: PollBatches;
  /** How long turns may take to end by themselves in a shutdown, in milliseconds; 12,000 unless told otherwise. */
  graceMs?: number | undefined;
}

/** Starts the worker's clocks, and at the end lets turns finish or hands their runs back. */
export class LlmWorkerLife implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #leases: LeaseKeeper;
  readonly #advanceRun: AdvanceRun;
  readonly #reconcile: ReconcileRuns;
  readonly #oldRows: SweepOldRows;
  readonly #batches: PollBatches;
  readonly #graceMs: number;

  readonly #drained = Promise.withResolvers<void>();
  /** Resolves when nothing is under way any more. */
  readonly drained = this.#drained.promise;

  constructor(options: LlmWorkerLifeOptions) {
    this.#leases = options.leases;
    this.#advanceRun = options.advanceRun;
    this.#reconcile = options.reconcile;
    this.#oldRows = options.oldRows;
    this.#batches = options.batches;
    this.#graceMs = options.graceMs ?? GRACE_MS;
  }

  onApplicationBootstrap(): void {
    this.#leases.start();
    this.#reconcile.start();
    this.#oldRows.start();
    this.#batches.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    failpoint('drain.begun');
    this.#reconcile.stop();
    this.#oldRows.stop();
    this.#advanceRun.close();
    const batchesEnded = this.#batches.stop();
    await this.#idle(this.#graceMs);
    failpoint('drain.before-hand-back');
    this.#leases.drain();
    await this.#idle(STORE_MS);
    this.#leases.stop();
    await batchesEnded;
    this.#drained.resolve();
  }

  async #idle(withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (this.#leases.size > 0 && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
