import type { Queryable } from '../database.js';

const THREAD_BYTES = {
  name: 'thread-bytes',
  text: `SELECT coalesce(sum(octet_length(content::text)), 0)::float8 AS bytes FROM messages
    WHERE tenant_id = $1 AND thread_id = $2`,
};

/** Size of the content of a thread's messages as JSON, alternatives included. */
export async function threadBytes(database: Queryable, tenantId: string, threadId: string): Promise<number> {
  const [row] = await database.query<{ bytes: number }>(THREAD_BYTES, [tenantId, threadId]);
  return row?.bytes ?? 0;
}
