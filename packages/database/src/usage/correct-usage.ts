import type { Queryable } from '../database.js';
import type { LedgerRow } from './ledger-row.js';

const CORRECTED = `outcome = $2, input_tokens = $3, output_tokens = $4, cached_input_tokens = $5,
      cache_write_input_tokens = $6, reasoning_tokens = $7, cost = $8, estimated = $9, price_version = $10`;

const CORRECT_USAGE = { name: 'correct-usage', text: `UPDATE usage_ledger SET ${CORRECTED} WHERE id = $1` };

/**
 * The run's row is held against a claim meanwhile: whoever takes the run over counts the row as it finds it, and from then on
 * it stays so.
 */
const CORRECT_USAGE_OF_ATTEMPT = {
  name: 'correct-usage-of-attempt',
  text: `WITH holder AS (
      SELECT id FROM runs WHERE id = $11 AND attempt = $12 AND status = 'running' FOR SHARE
    )
    UPDATE usage_ledger SET ${CORRECTED} FROM holder WHERE usage_ledger.id = $1 AND usage_ledger.run_id = holder.id`,
};

/**
 * Says what a call took that was put on the ledger before it left.
 * @param by the attempt that made it, which has to have the run still; absent: nobody else ever accounts for the call
 */
export async function correctUsage(
  database: Queryable,
  row: LedgerRow,
  by?: { runId: string; attempt: number },
): Promise<void> {
  const values = [
    row.id,
    row.outcome,
    row.input_tokens,
    row.output_tokens,
    row.cached_input_tokens,
    row.cache_write_input_tokens,
    row.reasoning_tokens,
    row.cost,
    row.estimated,
    row.price_version,
  ];
  if (by) await database.query(CORRECT_USAGE_OF_ATTEMPT, [...values, by.runId, by.attempt]);
  else await database.query(CORRECT_USAGE, values);
}
