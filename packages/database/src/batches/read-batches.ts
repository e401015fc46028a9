import type { Batch } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { batchNotFound } from './batch-not-found.js';
import { BATCH_COLUMNS, type BatchRow, batchFromRow } from './batch-row.js';

const LIST_BATCHES = {
  name: 'list-batches',
  text: `SELECT ${BATCH_COLUMNS} FROM batches WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2)
    ORDER BY id DESC LIMIT $3`,
};
const READ_BATCH = {
  name: 'read-batch',
  text: `SELECT ${BATCH_COLUMNS} FROM batches WHERE id = $1 AND tenant_id = $2`,
};

/** Batches of a tenant, newest first, older than the cursor. */
export async function listBatches(
  database: Queryable,
  tenantId: string,
  page: { before: string | null; limit: number },
): Promise<Batch[]> {
  return (await database.query<BatchRow>(LIST_BATCHES, [tenantId, page.before, page.limit])).map(batchFromRow);
}

/** @throws TroupeError `batch_not_found` */
export async function readBatch(database: Queryable, tenantId: string, id: string): Promise<Batch> {
  const [row] = await database.query<BatchRow>(READ_BATCH, [id, tenantId]);
  if (!row) throw batchNotFound(id);
  return batchFromRow(row);
}
