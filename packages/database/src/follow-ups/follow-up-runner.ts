import type { FollowUpKind } from '@troupe/contracts';
import { failpoint } from '@troupe/failpoints';
import type { Database } from '../database.js';
import { callLedgerId } from '../usage/call-ledger-id.js';
import { estimatedUsage } from '../usage/estimated-usage.js';
import { ABANDONED, type LedgerRow, ledgerRow } from '../usage/ledger-row.js';
import { type ClaimedFollowUp, claimFollowUps } from './claim-follow-ups.js';
import {
  type FollowUpWork,
  finishFollowUps,
  handBackFollowUp,
  isPoisoned,
  retryFollowUp,
} from './finish-follow-ups.js';
import { BrokenCall } from './metered-call.js';

/** The work on one task. The signal aborts when the worker stops; the task is then handed back. */
export type FollowUpWorker = (task: ClaimedFollowUp, signal: AbortSignal) => Promise<FollowUpWork>;

/** Tasks under way may use this much of a shutdown, in milliseconds; then they are stopped and handed back. */
const GRACE_MS = 12_000;
/** Storing what is handed back. */
const STORE_MS = 3_000;
/** Longer than any model call for a title, facts or a summary should take. */
const LEASE_SECONDS = 180;

const PURPOSES: Record<FollowUpKind, LedgerRow['purpose']> = {
  'extract-facts': 'facts',
  'title-thread': 'title',
  'summarize-thread': 'summary',
};

/** Works on follow-up tasks, and ends well: what cannot be finished before its process ends goes back. */
export class FollowUpRunner {
  readonly #database: Database;
  readonly #onLedger: (tenantId: string, rows: readonly LedgerRow[]) => void;
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #closed = false;

  /** @param onLedger told of the ledger rows of a tenant's tasks once they are stored */
  constructor(database: Database, onLedger: (tenantId: string, rows: readonly LedgerRow[]) => void = () => {}) {
    this.#database = database;
    this.#onLedger = onLedger;
  }

  /**
   * Claims the tasks, works on all of them at once and stores the results together. A task that fails is put back with
   * a pause; tasks that are taken or done are left alone.
   * @throws AggregateError of what `work` threw, after the others were stored and the failed ones put back.
   */
  async run(taskIds: readonly string[], work: FollowUpWorker): Promise<void> {
    if (this.#closed) return;
    const running = this.#run(taskIds, work);
    this.#running.add(running);
    try {
      await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Takes no more tasks. */
  close(): void {
    this.#closed = true;
  }

  /** Stops the work under way; its tasks are handed back. */
  drain(): void {
    this.#closed = true;
    this.#stop.abort(new Error('The worker stops.'));
  }

  /** Resolves when nothing is under way, or after the time in milliseconds. */
  async idle(withinMs: number): Promise<void> {
    const limit = AbortSignal.timeout(withinMs);
    const late = new Promise((resolve) => limit.addEventListener('abort', resolve, { once: true }));
    await Promise.race([Promise.allSettled(this.#running), late]);
  }

  /** The end of a worker: takes no more, lets tasks finish, and hands back those that do not. */
  async end(): Promise<void> {
    this.close();
    await this.idle(GRACE_MS);
    this.drain();
    await this.idle(STORE_MS);
  }

  async #run(taskIds: readonly string[], work: FollowUpWorker): Promise<void> {
    const database = this.#database;
    failpoint('follow-up.before-claim');
    const tasks = await claimFollowUps(database, taskIds, LEASE_SECONDS);
    failpoint('follow-up.after-claim');
    const done: { task: ClaimedFollowUp; work: FollowUpWork }[] = [];
    const failed: { task: ClaimedFollowUp; error: unknown }[] = [];
    await Promise.all(
      tasks.map(async (task) => {
        try {
          if (isPoisoned(task)) throw new Error('Every worker that took this task died.');
          const { result, ledger } = await work(task, this.#stop.signal);
          done.push({ task, work: { result, ledger: [...ledger, ...lostCalls(task, ledger[0])] } });
        } catch (error) {
          failed.push({ task, error });
        }
      }),
    );
    failpoint('follow-up.after-call');
    if (done.length > 0) await finishFollowUps(database, done);
    failpoint('follow-up.after-finish');
    for (const { task, work: finished } of done) this.#onLedger(task.tenantId, finished.ledger);
    for (const { task, error } of failed) await this.#putBack(task, error);
    const errors = failed.flatMap(({ error }) => (waitOf(error) === undefined ? [error] : []));
    if (errors.length > 0 && !this.#stop.signal.aborted) {
      throw new AggregateError(errors, `${errors.length} of ${tasks.length} tasks failed and are put back.`);
    }
  }

  async #putBack(task: ClaimedFollowUp, error: unknown): Promise<void> {
    const broken = error instanceof BrokenCall ? error.ledger : [];
    const ledger = [...broken, ...lostCalls(task, broken[0])];
    const waitMs = this.#stop.signal.aborted ? 0 : waitOf(error);
    if (waitMs !== undefined) await handBackFollowUp(this.#database, task, ledger, waitMs);
    else await retryFollowUp(this.#database, task, error instanceof Error ? error.message : String(error), ledger);
    this.#onLedger(task.tenantId, ledger);
  }
}

/** How long a task that only waits for a limit is put back for; undefined when it failed. Milliseconds. */
function waitOf(error: unknown): number | undefined {
  return error instanceof BrokenCall ? error.waitMs : undefined;
}

/** Calls of attempts whose worker died: they sent what the call of this one sent, and nobody saw an answer. */
function lostCalls(task: ClaimedFollowUp, own: LedgerRow | undefined): LedgerRow[] {
  return task.lostAttempts.map((attempt) =>
    ledgerRow({
      id: callLedgerId(task.id, attempt),
      purpose: PURPOSES[task.kind],
      model: task.model,
      outcome: ABANDONED,
      attempt,
      usage: estimatedUsage(own?.input_tokens ?? 0, 0),
    }),
  );
}
