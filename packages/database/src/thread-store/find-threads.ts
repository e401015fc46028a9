import type { Thread } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { threadNotFound } from '../runs/explain-refusal.js';
import { THREAD_COLUMNS, type ThreadRow, threadFromRow } from '../threads/thread-row.js';

/** Of one tenant and, unless it is null, of one user. */
export interface ThreadScope {
  tenantId: string;
  userId: string | null;
}

/** Predicate for parameters $1 tenant and $2 user. */
export const IN_SCOPE = 'threads.tenant_id = $1 AND ($2::text IS NULL OR threads.user_id = $2)';

const FIND_THREAD = {
  name: 'find-thread',
  text: `SELECT ${THREAD_COLUMNS} FROM threads WHERE ${IN_SCOPE} AND id = $3`,
};
const FIND_THREADS = {
  name: 'find-threads',
  text: `SELECT ${THREAD_COLUMNS} FROM threads
    WHERE ${IN_SCOPE} AND (archived_at IS NOT NULL) = $3 AND ($4::uuid IS NULL OR id < $4)
    ORDER BY id DESC LIMIT $5`,
};
const SET_ARCHIVED = {
  name: 'set-archived',
  text: `UPDATE threads SET archived_at = CASE WHEN $4 THEN coalesce(archived_at, now()) END, updated_at = now()
    WHERE ${IN_SCOPE} AND id = $3 RETURNING ${THREAD_COLUMNS}`,
};

/** @throws TroupeError `thread_not_found`, for a thread of somebody else too */
export async function findThread(database: Queryable, scope: ThreadScope, threadId: string): Promise<Thread> {
  const [row] = await database.query<ThreadRow>(FIND_THREAD, [scope.tenantId, scope.userId, threadId]);
  if (!row) throw threadNotFound(threadId);
  return threadFromRow(row);
}

/** Threads that are archived or not, newest first, older than the cursor. */
export async function findThreads(
  database: Queryable,
  scope: ThreadScope,
  page: { archived: boolean; before: string | null; limit: number },
): Promise<Thread[]> {
  const values = [scope.tenantId, scope.userId, page.archived, page.before, page.limit];
  return (await database.query<ThreadRow>(FIND_THREADS, values)).map(threadFromRow);
}

/** @throws TroupeError `thread_not_found` */
export async function setArchived(
  database: Queryable,
  scope: ThreadScope,
  threadId: string,
  archived: boolean,
): Promise<Thread> {
  const [row] = await database.query<ThreadRow>(SET_ARCHIVED, [scope.tenantId, scope.userId, threadId, archived]);
  if (!row) throw threadNotFound(threadId);
  return threadFromRow(row);
}
