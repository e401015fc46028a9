import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { LeaseKeeper } from './leases/lease-keeper.js';
import type { ReconcileRuns } from './reconcile/reconcile-runs.js';

/** A turn may use this much of a shutdown to end by itself, in milliseconds; then it is stopped and handed back. */
const GRACE_MS = 12_000;
const LOOK_EVERY_MS = 50;

/** Starts the worker's clocks, and at the end lets turns finish or hands their runs back. */
export class LlmWorkerLife implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #leases: LeaseKeeper;
  readonly #reconcile: ReconcileRuns;

  constructor(leases: LeaseKeeper, reconcile: ReconcileRuns) {
    this.#leases = leases;
    this.#reconcile = reconcile;
  }

  onApplicationBootstrap(): void {
    this.#leases.start();
    this.#reconcile.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#reconcile.stop();
    await this.#idle(GRACE_MS);
    this.#leases.drain();
    await this.#idle(GRACE_MS / 4);
    this.#leases.stop();
  }

  async #idle(withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (this.#leases.size > 0 && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
