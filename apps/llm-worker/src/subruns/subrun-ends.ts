import { guardToolOutcome, hasReadUntrusted, subrunResult } from '@troupe/agent';
import type { RunEventBody } from '@troupe/contracts';
import {
  type CancelledSubrun,
  cancelLeftSubruns,
  cancelSubruns,
  completeSubrun,
  type Database,
  findEndedSubruns,
  readEndedSubrun,
} from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { Logger } from '@troupe/observability';
import type { RunEventPublisher } from '@troupe/run-log';
import type { Tool } from '@troupe/spec';
import type { Doorbell } from '../advance-run/doorbell.js';

export interface SubrunEndsOptions {
  database: Database;
  publisher: RunEventPublisher;
  doorbell: Doorbell;
  /** To see which of those that were called are trusted. */
  tools: ReadonlyMap<string, Tool>;
  /** Tells the worker that holds a run that it was cancelled. */
  signalCancel(runId: string): void;
  logger: Logger;
}

/** Runs looked after at one look; more are found at the next. */
const BATCH = 100;

/**
 * What the ends of runs mean for the runs above and below them. Told at once by whoever ended the run, and found by every
 * worker's look where that one died in between: the rows say what is due, so it may be done by many at once.
 */
export class SubrunEnds {
  readonly #options: SubrunEndsOptions;

  constructor(options: SubrunEndsOptions) {
    this.#options = options;
  }

  /** Gives the call that waits for an ended run its result. What fails here is found by the look. */
  async ended(runId: string): Promise<void> {
    try {
      await this.#complete(runId);
    } catch (error) {
      this.#options.logger.warn({ err: error, run: runId }, 'the end of a run could not be told to the one above');
    }
  }

  /** Cancels what works below a run that has ended. */
  async parentEnded(runId: string): Promise<void> {
    const { database, logger } = this.#options;
    try {
      this.#tell(await cancelSubruns(database, runId));
    } catch (error) {
      logger.warn({ err: error, run: runId }, 'the runs below an ended run could not be cancelled for now');
    }
  }

  /** @throws what the database throws */
  async look(): Promise<void> {
    const { database } = this.#options;
    for (const runId of await findEndedSubruns(database, BATCH)) await this.#complete(runId);
    this.#tell(await cancelLeftSubruns(database, BATCH));
  }

  async #complete(runId: string): Promise<void> {
    const { database, publisher, doorbell, tools } = this.#options;
    const subrun = await readEndedSubrun(database, runId);
    if (!subrun) return;
    const read = { history: [], answeredTools: subrun.answeredTools ?? [], inherited: subrun.inherited };
    const untrusted = hasReadUntrusted(read, subrun.untrusted ?? undefined, tools);
    const outcome = await guardToolOutcome(subrun.call, subrunResult(subrun));
    failpoint('subrun.before-result');
    const completed = await completeSubrun(database, subrun, { ...outcome, untrusted });
    failpoint('subrun.after-result');
    if (!completed) return;
    for (const { event, id } of completed.events) publisher.publishStored(completed.runId, event, id);
    if (completed.resume) doorbell.advanceRun({ run_id: completed.runId, ...completed.resume }, 0);
  }

  #tell(cancelled: CancelledSubrun[]): void {
    const { publisher, signalCancel } = this.#options;
    for (const { runId, event } of cancelled) {
      const body: RunEventBody = { type: 'run.cancelled', data: { run_id: runId } };
      if (event) publisher.publishStored(runId, body, event);
      // Also where the run was parked: a tool of it may be at work.
      signalCancel(runId);
    }
  }
}
