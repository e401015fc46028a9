import type { Thread } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { threadNotFound } from '../runs/explain-refusal.js';
import { THREAD_COLUMNS, type ThreadRow, threadFromRow } from './thread-row.js';

const READ_THREAD = {
  name: 'read-thread',
  text: `SELECT ${THREAD_COLUMNS} FROM threads WHERE id = $1 AND tenant_id = $2`,
};
const LIST_THREADS = {
  name: 'list-threads',
  text: `SELECT ${THREAD_COLUMNS} FROM threads
    WHERE tenant_id = $1 AND parent_run_id IS NULL AND ($2::text IS NULL OR user_id = $2) AND ($3::uuid IS NULL OR id < $3)
    ORDER BY id DESC LIMIT $4`,
};

/** @throws TroupeError `thread_not_found`, for another tenant's thread too. */
export async function readThread(database: Queryable, tenantId: string, threadId: string): Promise<Thread> {
  const [row] = await database.query<ThreadRow>(READ_THREAD, [threadId, tenantId]);
  if (!row) throw threadNotFound(threadId);
  return threadFromRow(row);
}

/** Threads that somebody speaks on, newest first, older than the cursor; of one user when `userId` is given. */
export async function listThreads(
  database: Queryable,
  scope: { tenantId: string; userId: string | null },
  page: { before: string | null; limit: number },
): Promise<Thread[]> {
  const values = [scope.tenantId, scope.userId, page.before, page.limit];
  return (await database.query<ThreadRow>(LIST_THREADS, values)).map(threadFromRow);
}
