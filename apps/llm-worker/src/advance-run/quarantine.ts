import type { ClaimedRun } from '@troupe/database';

/**
 * Workers that died with a run before it is suspected. High, because every run that a worker holds counts its death, and
 * working alone is slow; and so low that a run that really kills its workers still has tries left to show it.
 */
const SUSPECT_AFTER_CRASHES = 3;
const LOOK_EVERY_MS = 50;

export interface QuarantineOptions {
  /** Turns under way in this worker. */
  turns(): number;
  /** A suspect waits at most so long for the others to end. */
  maxWaitMs: number;
}

/**
 * A run with which workers have died again and again is worked on alone: its worker takes no other until its turn is over,
 * so that the runs beside it are not given up with it.
 */
export class Quarantine {
  readonly #options: QuarantineOptions;
  #suspects = 0;

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** Whether the worker may take no other run now. */
  get closed(): boolean {
    return this.#suspects > 0;
  }

  /** Does the work: that of a suspect when the others have ended, or have had the time to. */
  async work<T>({ crashCount }: ClaimedRun, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (crashCount < SUSPECT_AFTER_CRASHES) return work();
    this.#suspects += 1;
    try {
      const endAt = performance.now() + this.#options.maxWaitMs;
      while (this.#options.turns() > this.#suspects && performance.now() < endAt && !signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
      return await work();
    } finally {
      this.#suspects -= 1;
    }
  }
}
