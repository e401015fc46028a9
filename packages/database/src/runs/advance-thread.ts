import type { EventId } from '@troupe/contracts';
import type { Database, Queryable } from '../database.js';
import { cancelRun } from './cancel-run.js';
import { type StartedRun, startNextRun } from './start-next-run.js';
import { MAX_WAITING_RUNS } from './waiting-line.js';

/** What became true of a thread's runs, for the world to be told. */
export interface ThreadAdvance {
  /** Runs that may be claimed now. */
  started: StartedRun[];
  /** Runs that were cancelled for one that waits, with the place of their `run.cancelled`; null: their worker ends them. */
  cancelled: { runId: string; event: EventId | null }[];
}

/**
 * A thread with a line is stuck unless it works on a run that nobody who waits wants to end, or that is being ended.
 */
const STUCK = `threads.waiting_runs > 0 AND (threads.active_run_id IS NULL OR (
    active.cancel_requested_at IS NULL AND EXISTS (
      SELECT FROM runs AS waiting WHERE waiting.thread_id = threads.id AND waiting.status = 'queued' AND waiting.blocked
        AND waiting.multitask_strategy IN ('interrupt', 'rollback')
    )))`;

const READ_STUCK_THREAD = {
  name: 'read-stuck-thread',
  text: `SELECT threads.tenant_id, threads.active_run_id
    FROM threads LEFT JOIN runs AS active ON active.id = threads.active_run_id
    WHERE threads.id = $1 AND ${STUCK}`,
};

const FIND_STUCK_THREADS = {
  name: 'find-stuck-threads',
  text: `SELECT threads.id
    FROM (SELECT DISTINCT thread_id FROM runs WHERE status = 'queued' AND blocked) AS line
    JOIN threads ON threads.id = line.thread_id LEFT JOIN runs AS active ON active.id = threads.active_run_id
    WHERE ${STUCK} LIMIT $1`,
};

/**
 * Moves a thread's line as far as it goes now: starts the next run where the thread is free, and cancels the one that is at
 * work where another waits that interrupts it. Due after a run was accepted that has to wait, and after the end of a run
 * that others wait for. Anybody may do it at any time, at once too.
 */
export async function advanceThread(database: Database, threadId: string): Promise<ThreadAdvance> {
  const advance: ThreadAdvance = { started: [], cancelled: [] };
  // Each look starts or cancels one run; more looks than that can only mean that others come all the time.
  for (let look = 0; look < 2 * MAX_WAITING_RUNS; look++) {
    const [stuck] = await database.query<{ tenant_id: string; active_run_id: string | null }>(READ_STUCK_THREAD, [
      threadId,
    ]);
    if (!stuck) break;
    if (stuck.active_run_id === null) {
      const started = await startNextRun(database, threadId);
      if (!started) break;
      advance.started.push(started);
    } else {
      const { event } = await cancelRun(database, stuck.tenant_id, stuck.active_run_id);
      advance.cancelled.push({ runId: stuck.active_run_id, event });
    }
  }
  // A run that was started only to be interrupted is no work for anybody.
  const cancelled = new Set(advance.cancelled.map(({ runId }) => runId));
  return { ...advance, started: advance.started.filter(({ runId }) => !cancelled.has(runId)) };
}

/** Threads whose line stands still, because the process that was to advance it died. */
export async function findStuckThreads(database: Queryable, limit: number): Promise<string[]> {
  return (await database.query<{ id: string }>(FIND_STUCK_THREADS, [limit])).map(({ id }) => id);
}
