import { type RunEventBody, timeOfId } from '@troupe/contracts';
import {
  type Database,
  endParkedRun,
  findCancelledRuns,
  findDueRuns,
  findOverdueRuns,
  findStuckThreads,
} from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { Logger, Metrics } from '@troupe/observability';
import type { RunEventPublisher } from '@troupe/run-log';
import type { AdvanceRun } from '../advance-run/advance-run.js';
import type { ExpireApprovals } from '../approvals/expire-approvals.js';
import type { SubrunEnds } from '../subruns/subrun-ends.js';

export interface ReconcileRunsOptions {
  database: Database;
  advanceRun: AdvanceRun;
  approvals: ExpireApprovals;
  subruns: SubrunEnds;
  publisher: RunEventPublisher;
  leaseSeconds: number;
  /** How many more turns this worker may have under way now. */
  freeTurns(): number;
  /** Whether jobs come through Redis now; while they do not, looking is all there is. */
  jobsArrive(): boolean;
  logger: Logger;
  metrics: Metrics;
}

/** How often a worker looks for runs that nobody works on, in milliseconds; jitter keeps workers apart. */
const POLL_MS = 2_000;
/** The same while no jobs arrive. */
const OFFLINE_POLL_MS = 500;
/** A run that has been due for so long is taken whatever stands before it in the queue. */
const STARVED_SECONDS = 60;
/** Runs taken at one look; more are found at the next. */
const BATCH = 100;

/**
 * The worker's own eyes: takes runs whose job was lost, whose worker died, or that came while Redis was away, and ends
 * parked runs that are past their deadline or were cancelled. Any number of workers may do it at once; the claim decides.
 */
export class ReconcileRuns {
  readonly #options: ReconcileRunsOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  /** When Postgres first answered after it last did not, by the monotonic clock in milliseconds; undefined while it does not. */
  #reachableSince: number | undefined = performance.now();

  constructor(options: ReconcileRunsOptions) {
    this.#options = options;
  }

  start(): void {
    const pollMs = this.#options.jobsArrive() ? POLL_MS : OFFLINE_POLL_MS;
    this.#timer = setTimeout(() => void this.#look(), pollMs * (0.5 + Math.random()));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { database, advanceRun, freeTurns, logger } = this.#options;
    try {
      for (const runId of await this.#dueRuns(freeTurns())) {
        if (this.#stopped) return;
        failpoint('reconcile.found');
        // Not awaited: a turn may take minutes, and the next look must not wait for it.
        advanceRun.advance(runId).catch((error: unknown) => logger.error({ err: error, run: runId }, 'a turn failed'));
      }
      await this.#options.approvals.expire(BATCH);
      for (const runId of await findOverdueRuns(database, BATCH)) await this.#end(runId, 'expired');
      for (const runId of await findCancelledRuns(database, BATCH)) await this.#end(runId, 'cancelled');
      for (const threadId of await findStuckThreads(database, BATCH)) await advanceRun.advanceThread(threadId);
      await this.#options.subruns.look();
      this.#reachableSince ??= performance.now();
    } catch (error) {
      this.#reachableSince = undefined;
      logger.warn({ err: error }, 'could not look for due runs');
    } finally {
      if (!this.#stopped) this.start();
    }
  }

  /** A worker without a free turn takes one more than it should, now and then, of those that have waited far too long. */
  #dueRuns(free: number): Promise<string[]> {
    const { database } = this.#options;
    const takeOver = this.#mayTakeOver();
    if (free > 0) return findDueRuns(database, { limit: Math.min(BATCH, free), takeOver });
    return findDueRuns(database, { limit: 1, takeOver: false, overdueSeconds: STARVED_SECONDS });
  }

  /** After an outage every lease is over: workers that live get the time to renew theirs, or to store what they have. */
  #mayTakeOver(): boolean {
    const steadyMs = performance.now() - (this.#reachableSince ?? Number.POSITIVE_INFINITY);
    return steadyMs >= (this.#options.leaseSeconds * 1_000) / 3;
  }

  async #end(runId: string, status: 'cancelled' | 'expired'): Promise<void> {
    failpoint('reconcile.before-expiry');
    const ended = await endParkedRun(this.#options.database, runId, status, null);
    if (!ended) return;
    failpoint('reconcile.after-expiry');
    this.#options.metrics.runEnded(status, (Date.now() - timeOfId(runId)) / 1_000);
    const event: RunEventBody = { type: `run.${status}`, data: { run_id: runId } };
    this.#options.publisher.publishStored(runId, event, ended);
    await this.#options.subruns.parentEnded(runId);
    if (ended.threadToAdvance !== undefined) await this.#options.advanceRun.advanceThread(ended.threadToAdvance);
    if (status === 'expired') this.#options.logger.warn({ run: runId }, 'the run passed its deadline while it waited');
  }
}
