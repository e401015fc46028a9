import type { ErrorBody } from '@troupe/contracts';
import { settleBudgets } from '../budgets/settle-budgets.js';
import type { Database } from '../database.js';
import type { HeldBatch } from './claim-batch.js';

export interface BatchEnd {
  status: 'completed' | 'failed' | 'cancelled' | 'expired';
  /** Why the whole batch failed. */
  error: ErrorBody | null;
  /** What becomes of items without a result. */
  rest: { status: 'failed' | 'cancelled' | 'expired'; error: ErrorBody | null };
  /** The reservation of its budgets. */
  callId: string;
}

const FINISH_BATCH = {
  name: 'finish-batch',
  text: `WITH fence AS MATERIALIZED (
      SELECT id FROM batches WHERE id = $1 AND attempt = $2 AND ended_at IS NULL FOR UPDATE
    ),
    rest AS (
      UPDATE batch_items SET status = $5, error = $6, finished_at = now()
      FROM fence WHERE batch_items.batch_id = fence.id AND batch_items.status = 'pending'
      RETURNING batch_items.position
    ),
    counted AS (SELECT count(*)::int AS count FROM rest)
    UPDATE batches SET status = $3, error = $4, ended_at = now(), lease_until = NULL,
      failed = failed + CASE WHEN $5 = 'failed' THEN count ELSE 0 END,
      cancelled = cancelled + CASE WHEN $5 = 'cancelled' THEN count ELSE 0 END,
      expired = expired + CASE WHEN $5 = 'expired' THEN count ELSE 0 END
    FROM fence, counted WHERE batches.id = fence.id
    RETURNING CASE WHEN unpriced THEN NULL ELSE cost END AS cost, input_tokens, output_tokens`,
};

interface SpentRow {
  cost: string | null;
  input_tokens: string;
  output_tokens: string;
}

/** Ends a batch and charges its budgets for what it cost. False when it is no longer this attempt's. */
export function finishBatch(database: Database, { id, attempt }: HeldBatch, end: BatchEnd): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const values = [id, attempt, end.status, jsonOf(end.error), end.rest.status, jsonOf(end.rest.error)];
    const [spent] = await transaction.query<SpentRow>(FINISH_BATCH, values);
    if (!spent) return false;
    const { cost, input_tokens, output_tokens } = spent;
    await settleBudgets(transaction, [
      {
        id: end.callId,
        cost: cost === null ? null : Number(cost),
        input_tokens: Number(input_tokens),
        output_tokens: Number(output_tokens),
      },
    ]);
    return true;
  });
}

function jsonOf(error: ErrorBody | null): string | null {
  return error && JSON.stringify(error);
}
