import { type Database, type HeldBatch, renewBatch } from '@troupe/database';

/** Thrown where a batch turns out to be somebody else's by now: there is nothing more to do. */
export class BatchLost extends Error {
  constructor() {
    super('Another worker has taken the batch over.');
    this.name = 'BatchLost';
  }
}

/** The worker stops: what is under way is left to another. */
export class WorkerStops extends Error {
  constructor() {
    super('The worker stops.');
    this.name = 'WorkerStops';
  }
}

/** Keeps one batch while it is worked on. */
export class HeldBatchLease {
  readonly #database: Database;
  readonly #batch: HeldBatch;
  readonly #leaseSeconds: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #renewedAt = performance.now();

  constructor(database: Database, batch: HeldBatch, leaseSeconds: number) {
    this.#database = database;
    this.#batch = batch;
    this.#leaseSeconds = leaseSeconds;
    this.#timer = setInterval(() => void this.#beat(), (leaseSeconds * 1_000) / 3);
    this.#timer.unref();
  }

  /** Aborts with BatchLost once the batch may be somebody else's. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Makes sure that the batch is ours, for a whole lease from now. @throws BatchLost */
  async renew(): Promise<void> {
    const askedAt = performance.now();
    if (!(await renewBatch(this.#database, this.#batch, this.#leaseSeconds))) {
      this.#controller.abort(new BatchLost());
    } else {
      this.#renewedAt = askedAt;
    }
    this.signal.throwIfAborted();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #beat(): Promise<void> {
    // What Postgres does not answer in time is told by the clock.
    await this.renew().catch(() => undefined);
    const silentMs = performance.now() - this.#renewedAt;
    if (silentMs > (this.#leaseSeconds * 1_000 * 2) / 3) this.#controller.abort(new BatchLost());
  }
}
