import type { Logger } from '@troupe/observability';

/** Removes a few rows that nobody needs any more; true when there are others, so look again soon. */
export type Sweep = () => Promise<boolean>;

export interface SweepOldRowsOptions {
  sweeps: readonly Sweep[];
  logger: Logger;
}

/** How often a worker looks for old rows, in milliseconds; jitter keeps workers apart. */
const SWEEP_EVERY_MS = 60_000;
/** The same while there are more than one look takes. */
const SWEEP_ON_EVERY_MS = 1_000;

/** Removes old rows in small batches, beside everything else. Any number of workers may do it at once. */
export class SweepOldRows {
  readonly #options: SweepOldRowsOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: SweepOldRowsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#arm(SWEEP_EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #arm(pauseMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#sweep(), pauseMs * (0.5 + Math.random()));
  }

  async #sweep(): Promise<void> {
    let more = false;
    for (const sweep of this.#options.sweeps) {
      try {
        more = (await sweep()) || more;
      } catch (error) {
        this.#options.logger.warn({ err: error }, 'could not remove old rows');
      }
    }
    this.#arm(more ? SWEEP_ON_EVERY_MS : SWEEP_EVERY_MS);
  }
}
