import type { RunEventBody } from '@troupe/contracts';
import { type Database, endParkedRun, findDueRuns, findOverdueRuns } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import type { RunEventPublisher } from '@troupe/run-log';
import type { AdvanceRun } from '../advance-run/advance-run.js';

export interface ReconcileRunsOptions {
  database: Database;
  advanceRun: AdvanceRun;
  publisher: RunEventPublisher;
  /** How many more turns this worker may have under way now. */
  freeTurns(): number;
  /** Whether jobs come through Redis now; while they do not, looking is all there is. */
  jobsArrive(): boolean;
  logger: Logger;
}

/** How often a worker looks for runs that nobody works on, in milliseconds; jitter keeps workers apart. */
const POLL_MS = 2_000;
/** The same while no jobs arrive. */
const OFFLINE_POLL_MS = 500;
/** Runs taken at one look; more are found at the next. */
const BATCH = 100;

/**
 * The worker's own eyes: takes runs whose job was lost, whose worker died, or that came while Redis was away, and ends
 * parked runs that are past their deadline. Any number of workers may do it at once; the claim decides.
 */
export class ReconcileRuns {
  readonly #options: ReconcileRunsOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

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
      const limit = Math.min(BATCH, freeTurns());
      for (const runId of limit > 0 ? await findDueRuns(database, limit) : []) {
        if (this.#stopped) return;
        // Not awaited: a turn may take minutes, and the next look must not wait for it.
        advanceRun.advance(runId).catch((error: unknown) => logger.error({ err: error, run: runId }, 'a turn failed'));
      }
      for (const runId of await findOverdueRuns(database, BATCH)) await this.#expire(runId);
    } catch (error) {
      logger.warn({ err: error }, 'could not look for due runs');
    } finally {
      if (!this.#stopped) this.start();
    }
  }

  async #expire(runId: string): Promise<void> {
    const ended = await endParkedRun(this.#options.database, runId, 'expired', null);
    if (!ended) return;
    const event: RunEventBody = { type: 'run.expired', data: { run_id: runId } };
    this.#options.publisher.publishStored(runId, event, ended, { attempt: ended.attempt - 1, n: 0 });
    this.#options.logger.warn({ run: runId }, 'the run passed its deadline while it waited');
  }
}
