import { type JsonObject, newId, type Thread, TroupeError } from '@troupe/contracts';
import type { Database, Queryable } from '../database.js';
import { violates } from '../database-error.js';
import { threadNotFound } from '../runs/explain-refusal.js';
import { THREAD_COLUMNS, type ThreadRow, threadFromRow } from './thread-row.js';

export interface NewThread {
  /** Made unless given. */
  id?: string;
  tenantId: string;
  userId: string | null;
  externalId: string | null;
  title: string | null;
  metadata: JsonObject;
}

const CREATE_THREAD = {
  name: 'create-thread',
  text: `WITH known_user AS (
      INSERT INTO users (tenant_id, id) SELECT $2, $3 WHERE $3::text IS NOT NULL ON CONFLICT DO NOTHING
    )
    INSERT INTO threads (id, tenant_id, user_id, external_id, title, metadata) VALUES ($1, $2, $3, $4, $5, $6::jsonb)
    RETURNING ${THREAD_COLUMNS}`,
};
const CHANGE_THREAD = {
  name: 'change-thread',
  text: `UPDATE threads SET title = CASE WHEN $3 THEN $4 ELSE title END, metadata = coalesce($5::jsonb, metadata),
      updated_at = now()
    WHERE id = $1 AND tenant_id = $2 RETURNING ${THREAD_COLUMNS}`,
};
/** A run that is accepted at the same time waits for this lock, so what is read after it holds until the commit. */
const LOCK_THREAD = { name: 'lock-thread', text: 'SELECT id FROM threads WHERE id = $1 AND tenant_id = $2 FOR UPDATE' };
const FIND_ACTIVE_RUN = {
  name: 'find-active-run',
  text: `SELECT id FROM runs WHERE thread_id = $1 AND status IN ('queued', 'running', 'waiting')`,
};
/**
 * Everything else of a thread goes with its row, the threads of runs below its runs too; events have no foreign key,
 * because its check is too dear for them.
 */
const DELETE_THREAD = {
  name: 'delete-thread',
  text: `WITH RECURSIVE gone AS (
      SELECT id FROM runs WHERE thread_id = $1 AND tenant_id = $2
      UNION ALL
      SELECT runs.id FROM gone JOIN runs ON runs.parent_run_id = gone.id
    ),
    events AS (
      DELETE FROM run_events USING gone WHERE run_events.run_id = gone.id
    )
    DELETE FROM threads WHERE id = $1 AND tenant_id = $2`,
};
const DELETE_MESSAGES = {
  name: 'delete-messages',
  text: 'DELETE FROM messages WHERE thread_id = $1 AND tenant_id = $2',
};
const EMPTY_THREAD = {
  name: 'empty-thread',
  text: `UPDATE threads SET head_message_id = NULL, message_count = 0, summary = NULL, summarized_count = 0,
      updated_at = now()
    WHERE id = $1 AND tenant_id = $2 RETURNING ${THREAD_COLUMNS}`,
};

/** @throws TroupeError `invalid_request` when the external id is taken. */
export async function createThread(database: Queryable, thread: NewThread): Promise<Thread> {
  const { id = newId(), tenantId, userId, externalId, title, metadata } = thread;
  const values = [id, tenantId, userId, externalId, title, JSON.stringify(metadata)];
  try {
    const [row] = await database.query<ThreadRow>(CREATE_THREAD, values);
    if (!row) throw new Error('Creating a thread returned no row.');
    return threadFromRow(row);
  } catch (error) {
    if (!violates(error, 'threads_external_id')) throw error;
    throw new TroupeError({
      code: 'invalid_request',
      fault: 'caller',
      message: `There is a thread with external_id "${externalId}" already. Use that one, or choose another name.`,
      details: { field: 'external_id' },
      cause: error,
    });
  }
}

/**
 * Fields that are absent stay as they are; a title of null takes the title away.
 * @throws TroupeError `thread_not_found`
 */
export async function changeThread(
  database: Queryable,
  scope: { tenantId: string; threadId: string },
  change: { title?: string | null; metadata?: JsonObject },
): Promise<Thread> {
  const metadata = change.metadata === undefined ? null : JSON.stringify(change.metadata);
  const values = [scope.threadId, scope.tenantId, change.title !== undefined, change.title ?? null, metadata];
  const [row] = await database.query<ThreadRow>(CHANGE_THREAD, values);
  if (!row) throw threadNotFound(scope.threadId);
  return threadFromRow(row);
}

/**
 * Deletes a thread with its messages and runs.
 * @throws TroupeError `thread_not_found`, or `thread_busy` while a run is under way.
 */
export async function deleteThread(database: Database, tenantId: string, threadId: string): Promise<void> {
  await database.transaction(async (transaction) => {
    await lockIdleThread(transaction, tenantId, threadId);
    await transaction.query(DELETE_THREAD, [threadId, tenantId]);
  });
}

/**
 * Deletes the messages and the summary of a thread; the thread, its title and its runs stay.
 * @throws TroupeError `thread_not_found`, or `thread_busy` while a run is under way.
 */
export async function clearThread(database: Database, tenantId: string, threadId: string): Promise<Thread> {
  return database.transaction(async (transaction) => {
    await lockIdleThread(transaction, tenantId, threadId);
    await transaction.query(DELETE_MESSAGES, [threadId, tenantId]);
    const [row] = await transaction.query<ThreadRow>(EMPTY_THREAD, [threadId, tenantId]);
    if (!row) throw threadNotFound(threadId);
    return threadFromRow(row);
  });
}

async function lockIdleThread(transaction: Queryable, tenantId: string, threadId: string): Promise<void> {
  const [thread] = await transaction.query(LOCK_THREAD, [threadId, tenantId]);
  if (!thread) throw threadNotFound(threadId);
  const [active] = await transaction.query<{ id: string }>(FIND_ACTIVE_RUN, [threadId]);
  if (!active) return;
  throw new TroupeError({
    code: 'thread_busy',
    fault: 'caller',
    message: `Thread ${threadId} is working on run ${active.id}. Wait until it ends, or cancel it first.`,
    retryable: true,
    retryAfterMs: 1_000,
    details: { thread_id: threadId, run_id: active.id },
  });
}
