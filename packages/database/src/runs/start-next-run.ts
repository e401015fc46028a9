import { newId } from '@troupe/contracts';
import type { Database } from '../database.js';
import { POLL_GRACE_SECONDS } from './poll-grace.js';
import { LINE_ORDER } from './waiting-line.js';

export interface StartedRun {
  runId: string;
  /** What to ring for. */
  dispatch: number;
}

/** First, so that the next statement sees every run that was accepted before this lock was given. */
const LOCK_FREE_THREAD = {
  name: 'lock-free-thread',
  text: 'SELECT id FROM threads WHERE id = $1 AND active_run_id IS NULL AND waiting_runs > 0 FOR UPDATE',
};

/**
 * A run that is being cancelled has its row locked and waits for the thread's: it is passed over, never waited for. The
 * message gets the id of a moment ago, because lists of messages go by id. With `rollback` it becomes a sibling of the
 * input that it replaces, and the messages from there on no longer count: the chain from the head does not reach them.
 * Whoever else in the line interrupts, interrupts this run from now on.
 */
const START_NEXT_RUN = {
  name: 'start-next-run',
  text: `WITH RECURSIVE next AS (
      SELECT id, tenant_id, thread_id, waiting_input, replaces_run_id, multitask_strategy FROM runs
      WHERE thread_id = $1 AND status = 'queued' AND blocked
      ORDER BY ${LINE_ORDER} LIMIT 1 FOR UPDATE SKIP LOCKED
    ),
    replaced AS (
      SELECT messages.id, messages.parent_id
      FROM next JOIN runs ON runs.id = next.replaces_run_id JOIN messages ON messages.id = runs.input_message_id
      WHERE next.multitask_strategy = 'rollback'
    ),
    abandoned AS (
      SELECT messages.id, messages.parent_id
      FROM replaced, threads JOIN messages ON messages.id = threads.head_message_id WHERE threads.id = $1
      UNION ALL
      SELECT messages.id, messages.parent_id
      FROM replaced, abandoned JOIN messages ON messages.id = abandoned.parent_id WHERE abandoned.id <> replaced.id
    ),
    thread AS (
      UPDATE threads SET active_run_id = next.id, waiting_runs = waiting_runs - 1,
        head_message_id = message_id_after(before.head_message_id, $2),
        message_count = message_count + 1 - (SELECT count(*)::integer FROM abandoned),
        summarized_count = least(summarized_count, message_count - (SELECT count(*)::integer FROM abandoned)),
        updated_at = now()
      FROM next, (SELECT head_message_id FROM threads WHERE id = $1) AS before WHERE threads.id = next.thread_id
      RETURNING threads.head_message_id AS input_id, before.head_message_id AS previous_head
    ),
    message AS (
      INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, run_id)
      SELECT thread.input_id, next.tenant_id, next.thread_id,
        CASE WHEN replaced.id IS NULL THEN thread.previous_head ELSE replaced.parent_id END,
        'user', next.waiting_input, next.id
      FROM thread, next LEFT JOIN replaced ON true
    ),
    later AS (
      UPDATE runs SET replaces_run_id = next.id FROM next
      WHERE runs.id IN (
        SELECT waiting.id FROM runs AS waiting
        WHERE waiting.thread_id = $1 AND waiting.status = 'queued' AND waiting.blocked AND waiting.id <> next.id
          AND waiting.multitask_strategy IN ('interrupt', 'rollback')
        FOR UPDATE SKIP LOCKED
      )
    )
    UPDATE runs SET blocked = false, wait_kind = NULL, waiting_input = NULL, input_message_id = thread.input_id,
      head_message_id = thread.input_id, next_wake_at = now() + interval '${POLL_GRACE_SECONDS} seconds'
    FROM next, thread WHERE runs.id = next.id
    RETURNING runs.id, runs.dispatch`,
};

/** Starts the run whose turn it is; undefined when the thread is not free or nobody waits for it. */
export async function startNextRun(database: Database, threadId: string): Promise<StartedRun | undefined> {
  return database.transaction(async (transaction) => {
    const [free] = await transaction.query(LOCK_FREE_THREAD, [threadId]);
    if (!free) return undefined;
    const [row] = await transaction.query<{ id: string; dispatch: number }>(START_NEXT_RUN, [threadId, newId()]);
    return row && { runId: row.id, dispatch: row.dispatch };
  });
}
