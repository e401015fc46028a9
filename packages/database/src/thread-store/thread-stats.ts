import { forkedFrom, type ThreadStats } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import type { ThreadScope } from '../threads/thread-scope.js';
import { findThread } from './find-thread.js';

const THREAD_BYTES = {
  name: 'thread-bytes',
  text: `SELECT coalesce(sum(octet_length(content::text)), 0)::float8 AS bytes FROM messages
    WHERE tenant_id = $1 AND thread_id = $2`,
};

/**
 * Counts alternatives, too.
 * @throws TroupeError `thread_not_found`
 */
export async function threadStats(database: Queryable, scope: ThreadScope, threadId: string): Promise<ThreadStats> {
  const { message_count, metadata } = await findThread(database, scope, threadId);
  const [row] = await database.query<{ bytes: number }>(THREAD_BYTES, [scope.tenantId, threadId]);
  return { message_count, total_bytes: row?.bytes ?? 0, forked_from: forkedFrom(metadata) };
}
