import type { Queryable } from '../database.js';
import type { LedgerRow } from './ledger-row.js';

const RECORD_USAGE = {
  name: 'record-usage',
  text: `INSERT INTO usage_ledger (id, tenant_id, purpose, provider, model, outcome, input_tokens, output_tokens,
      cached_input_tokens, cache_write_input_tokens, reasoning_tokens, cost, estimated)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`,
};

/** A ledger row for a call outside of any run. */
export async function recordUsage(database: Queryable, tenantId: string, row: LedgerRow): Promise<void> {
  await database.query(RECORD_USAGE, [
    row.id,
    tenantId,
    row.purpose,
    row.provider,
    row.model,
    row.outcome,
    row.input_tokens,
    row.output_tokens,
    row.cached_input_tokens,
    row.cache_write_input_tokens,
    row.reasoning_tokens,
    row.cost,
    row.estimated,
  ]);
}
