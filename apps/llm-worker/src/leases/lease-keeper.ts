import { type Database, renewLeases } from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { Logger } from '@troupe/observability';
import { type StopCause, TurnStopped } from './turn-stopped.js';

export interface Lease {
  /** Aborts with TurnStopped when the run must be let go. */
  readonly signal: AbortSignal;
  release(): void;
}

export interface LeaseKeeperOptions {
  database: Database;
  /** Time without a renewal after which another worker takes a run over. */
  leaseSeconds: number;
  /** The longest that a model turn may take. */
  turnSeconds: number;
  logger: Logger;
}

interface HeldLease {
  runId: string;
  attempt: number;
  controller: AbortController;
  /** When the lease was last known to be ours, by the monotonic clock in milliseconds. */
  renewedAt: number;
}

/**
 * Keeps the leases of all runs that this worker holds, with one statement a heartbeat, and learns by it of runs that
 * were lost or are to be cancelled. A run whose lease could not be renewed for two thirds of its length is let go, whether
 * Postgres refuses or says nothing at all.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Map<string, HeldLease>();
  #heartbeat: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #renewing = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Number of runs under way. */
  get size(): number {
    return this.#held.size;
  }

  /** Whether this worker works on the run, be it that the lease is over and an answer still waits to be stored. */
  has(runId: string): boolean {
    return this.#held.has(runId);
  }

  start(): void {
    const leaseMs = this.#options.leaseSeconds * 1_000;
    this.#heartbeat = setInterval(() => this.#beat(), leaseMs / 3);
    this.#watch = setInterval(() => this.#watchSilence(), leaseMs / 15);
  }

  stop(): void {
    clearInterval(this.#heartbeat);
    clearInterval(this.#watch);
  }

  hold(runId: string, attempt: number, deadlineInMs: number): Lease {
    const lease: HeldLease = { runId, attempt, controller: new AbortController(), renewedAt: performance.now() };
    this.#held.set(runId, lease);
    const turnMs = this.#options.turnSeconds * 1_000;
    const timer =
      deadlineInMs <= turnMs
        ? setTimeout(() => stop(lease, 'deadline'), Math.max(0, deadlineInMs))
        : setTimeout(() => stop(lease, 'turn_timeout'), turnMs);
    return {
      signal: lease.controller.signal,
      release: () => {
        clearTimeout(timer);
        if (this.#held.get(runId) === lease) this.#held.delete(runId);
      },
    };
  }

  /** Looks at once whether a run is to be cancelled, before the next heartbeat; nothing for runs of other workers. */
  look(runId: string): void {
    const lease = this.#held.get(runId);
    if (lease) void this.#renew([lease]);
  }

  /** Stops every turn under way; each hands its run back. */
  drain(): void {
    for (const lease of this.#held.values()) stop(lease, 'draining');
  }

  #beat(): void {
    // One at a time: while Postgres says nothing, more statements would only take its last connections.
    if (this.#renewing || this.#held.size === 0) return;
    this.#renewing = true;
    void this.#renew([...this.#held.values()]).finally(() => {
      this.#renewing = false;
    });
  }

  /** A renewal that gets no answer must not keep a run for longer than one that fails. */
  #watchSilence(): void {
    if (this.#renewing) this.#dropSilent();
  }

  #dropSilent(): void {
    const longestMs = (this.#options.leaseSeconds * 1_000 * 2) / 3;
    for (const lease of this.#held.values()) {
      if (performance.now() - lease.renewedAt > longestMs) stop(lease, 'lease_lost');
    }
  }

  async #renew(held: HeldLease[]): Promise<void> {
    const { database, leaseSeconds, logger } = this.#options;
    const startedAt = performance.now();
    try {
      failpoint('lease.before-renewal');
      const renewed = await renewLeases(database, held, leaseSeconds);
      failpoint('lease.after-renewal');
      const byRun = new Map(renewed.map((lease) => [lease.runId, lease]));
      for (const lease of held) {
        const current = byRun.get(lease.runId);
        if (!current) stop(lease, 'lease_lost');
        else lease.renewedAt = startedAt;
        if (current?.cancelRequested) stop(lease, 'cancelled');
      }
    } catch (error) {
      logger.warn({ err: error, runs: held.length }, 'leases could not be renewed');
      this.#dropSilent();
    }
  }
}

function stop(lease: HeldLease, because: StopCause): void {
  if (!lease.controller.signal.aborted) lease.controller.abort(new TurnStopped(because));
}
