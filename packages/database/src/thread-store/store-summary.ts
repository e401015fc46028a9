import type { ThreadSummary } from '@troupe/spec';
import type { Queryable } from '../database.js';

const STORE_SUMMARY = {
  name: 'store-summary',
  text: `UPDATE threads SET summary = $3, summarized_count = $4
    WHERE id = $2 AND tenant_id = $1 AND summarized_count < $4 AND message_count >= $4`,
};

/** Stores nothing when a summary that covers more is there, or the thread was emptied meanwhile. */
export async function storeSummary(
  database: Queryable,
  of: { tenantId: string; threadId: string },
  { text, covered }: ThreadSummary,
): Promise<void> {
  await database.query(STORE_SUMMARY, [of.tenantId, of.threadId, text, covered]);
}
