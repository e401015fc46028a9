import type { Batch } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { batchNotFound } from './batch-not-found.js';
import { BATCH_COLUMNS, type BatchRow, batchFromRow } from './batch-row.js';

/**
 * A batch of which nothing can have been sent ends at once; the attempt of whoever is about to send it is over. Any other
 * is noted, for the worker to ask the provider. A batch that has ended stays as it is.
 */
const CANCEL_BATCH = {
  name: 'cancel-batch',
  text: `WITH batch AS MATERIALIZED (
      SELECT id AS batch_id, status = 'queued' AND account IS NULL AS unsent FROM batches
      WHERE id = $1 AND tenant_id = $2 AND ended_at IS NULL FOR UPDATE
    ),
    items AS (
      UPDATE batch_items SET status = 'cancelled', finished_at = now()
      FROM batch WHERE batch_items.batch_id = batch.batch_id AND batch.unsent AND batch_items.status = 'pending'
    )
    UPDATE batches SET cancel_requested_at = coalesce(cancel_requested_at, now()), due_at = now(),
      attempt = attempt + CASE WHEN unsent THEN 1 ELSE 0 END,
      status = CASE WHEN unsent THEN 'cancelled' ELSE status END,
      cancelled = CASE WHEN unsent THEN total ELSE cancelled END,
      ended_at = CASE WHEN unsent THEN now() END
    FROM batch WHERE batches.id = batch.batch_id
    RETURNING ${BATCH_COLUMNS}`,
};
const READ_CANCELLED_BATCH = {
  name: 'read-cancelled-batch',
  text: `SELECT ${BATCH_COLUMNS} FROM batches WHERE id = $1 AND tenant_id = $2`,
};

/** @throws TroupeError `batch_not_found` */
export async function cancelBatch(database: Queryable, tenantId: string, id: string): Promise<Batch> {
  const [cancelled] = await database.query<BatchRow>(CANCEL_BATCH, [id, tenantId]);
  if (cancelled) return batchFromRow(cancelled);
  const [row] = await database.query<BatchRow>(READ_CANCELLED_BATCH, [id, tenantId]);
  if (!row) throw batchNotFound(id);
  return batchFromRow(row);
}
