import { type Batch, type ModelId, newId } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import type { Database } from '../database.js';
import { BATCH_COLUMNS, type BatchRow, batchFromRow } from './batch-row.js';

const CREATE_BATCH = {
  name: 'create-batch',
  text: `INSERT INTO batches (id, tenant_id, api_key_id, model, metadata, total) VALUES ($1, $2, $3, $4, $5, $6)
    RETURNING ${BATCH_COLUMNS}`,
};
const ADD_BATCH_ITEMS = {
  name: 'add-batch-items',
  text: `INSERT INTO batch_items (batch_id, tenant_id, position, custom_id, request)
    SELECT $1, $2, item.position, item.custom_id, item.request
    FROM jsonb_to_recordset($3::jsonb) AS item(position int, custom_id text, request jsonb)`,
};

/** Items that one statement stores. */
const CHUNK = 500;

export interface NewStoredBatch {
  tenantId: string;
  apiKeyId: string | null;
  model: ModelId;
  metadata: Record<string, string>;
  /** In the order in which their results are listed; the ids are unique. */
  items: readonly { customId: string; request: ModelRequest }[];
}

/** Stores a batch with all its requests, or nothing. A worker finds it by itself. */
export function createBatch(database: Database, batch: NewStoredBatch): Promise<Batch> {
  const { tenantId, apiKeyId, model, metadata, items } = batch;
  const id = newId();
  return database.transaction(async (transaction) => {
    const values = [id, tenantId, apiKeyId, model, JSON.stringify(metadata), items.length];
    const [row] = await transaction.query<BatchRow>(CREATE_BATCH, values);
    if (!row) throw new Error('Creating a batch returned no row.');
    for (let start = 0; start < items.length; start += CHUNK) {
      const chunk = items
        .slice(start, start + CHUNK)
        .map(({ customId, request }, index) => ({ position: start + index, custom_id: customId, request }));
      await transaction.query(ADD_BATCH_ITEMS, [id, tenantId, JSON.stringify(chunk)]);
    }
    return batchFromRow(row);
  });
}
