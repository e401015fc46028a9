import type { Thread } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { threadNotFound } from '../runs/explain-refusal.js';
import { THREAD_COLUMNS, type ThreadRow, threadFromRow } from './thread-row.js';
import { IN_SCOPE, type ThreadScope } from './thread-scope.js';

const READ_THREAD = {
  name: 'read-thread',
  text: `SELECT ${THREAD_COLUMNS} FROM threads WHERE id = $1 AND tenant_id = $2`,
};
const LIST_THREADS = {
  name: 'list-threads',
  text: `SELECT ${THREAD_COLUMNS} FROM threads
    WHERE ${IN_SCOPE} AND parent_run_id IS NULL AND (archived_at IS NOT NULL) = $3 AND ($4::uuid IS NULL OR id < $4)
    ORDER BY id DESC LIMIT $5`,
};

/** @throws TroupeError `thread_not_found`, for another tenant's thread too. */
export async function readThread(database: Queryable, tenantId: string, threadId: string): Promise<Thread> {
  const [row] = await database.query<ThreadRow>(READ_THREAD, [threadId, tenantId]);
  if (!row) throw threadNotFound(threadId);
  return threadFromRow(row);
}

/** Threads that somebody speaks on, either the archived ones or the others, newest first, older than the cursor. */
export async function listThreads(
  database: Queryable,
  scope: ThreadScope,
  page: { archived: boolean; before: string | null; limit: number },
): Promise<Thread[]> {
  const values = [scope.tenantId, scope.userId, page.archived, page.before, page.limit];
  return (await database.query<ThreadRow>(LIST_THREADS, values)).map(threadFromRow);
}
