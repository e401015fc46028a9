import { type Database, renewLeases } from '@troupe/database';
import type { Logger } from '@troupe/observability';

/** Why a turn was told to stop. */
export type StopCause = 'lease_lost' | 'cancelled' | 'deadline' | 'draining';

/** The reason of a turn's abort signal. */
export class TurnStopped extends Error {
  constructor(readonly because: StopCause) {
    super(`The turn was stopped: ${because}.`);
    this.name = 'TurnStopped';
  }
}

export interface Lease {
  /** Aborts with TurnStopped when the run must be let go. */
  readonly signal: AbortSignal;
  release(): void;
}

interface HeldLease {
  runId: string;
  attempt: number;
  controller: AbortController;
}

/**
 * Keeps the leases of all runs that this worker holds, with one statement a heartbeat, and learns by it of runs that
 * were lost or are to be cancelled. A worker that could not renew for two thirds of the lease lets everything go.
 */
export class LeaseKeeper {
  readonly #database: Database;
  readonly #leaseSeconds: number;
  readonly #logger: Logger;
  readonly #held = new Map<string, HeldLease>();
  #lastRenewal = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { database: Database; leaseSeconds: number; logger: Logger }) {
    this.#database = options.database;
    this.#leaseSeconds = options.leaseSeconds;
    this.#logger = options.logger;
  }

  /** Number of runs under way. */
  get size(): number {
    return this.#held.size;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#renew(), (this.#leaseSeconds * 1_000) / 3);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  hold(runId: string, attempt: number, deadlineInMs: number): Lease {
    const lease: HeldLease = { runId, attempt, controller: new AbortController() };
    if (this.#held.size === 0) this.#lastRenewal = performance.now();
    this.#held.set(runId, lease);
    const deadline = setTimeout(() => stop(lease, 'deadline'), deadlineInMs);
    return {
      signal: lease.controller.signal,
      release: () => {
        clearTimeout(deadline);
        if (this.#held.get(runId) === lease) this.#held.delete(runId);
      },
    };
  }

  /** Stops every turn under way; each hands its run back. */
  drain(): void {
    for (const lease of this.#held.values()) stop(lease, 'draining');
  }

  async #renew(): Promise<void> {
    const held = [...this.#held.values()];
    if (held.length === 0) return;
    const startedAt = performance.now();
    try {
      const renewed = await renewLeases(this.#database, held, this.#leaseSeconds);
      this.#lastRenewal = startedAt;
      const byRun = new Map(renewed.map((lease) => [lease.runId, lease]));
      for (const lease of held) {
        const current = byRun.get(lease.runId);
        if (!current) stop(lease, 'lease_lost');
        else if (current.cancelRequested) stop(lease, 'cancelled');
      }
    } catch (error) {
      this.#logger.warn({ err: error, runs: held.length }, 'leases could not be renewed');
      const silentSeconds = (performance.now() - this.#lastRenewal) / 1_000;
      if (silentSeconds > (this.#leaseSeconds * 2) / 3) for (const lease of held) stop(lease, 'lease_lost');
    }
  }
}

function stop(lease: HeldLease, because: StopCause): void {
  if (!lease.controller.signal.aborted) lease.controller.abort(new TurnStopped(because));
}
