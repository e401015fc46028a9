import type { Thread } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { threadNotFound } from '../runs/explain-refusal.js';
import { THREAD_COLUMNS, type ThreadRow, threadFromRow } from '../threads/thread-row.js';
import { IN_SCOPE, type ThreadScope } from '../threads/thread-scope.js';

const FIND_THREAD = {
  name: 'find-thread',
  text: `SELECT ${THREAD_COLUMNS} FROM threads WHERE ${IN_SCOPE} AND id = $3`,
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

/**
 * One that is archived already keeps its time.
 * @throws TroupeError `thread_not_found`
 */
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
