import type { BatchItemStatus, ErrorBody, Usage } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { isUnpriced, type LedgerRow } from '../usage/ledger-row.js';
import type { HeldBatch } from './claim-batch.js';
import type { StoredResponse } from './list-batch-results.js';

export interface NewBatchResult {
  position: number;
  status: Exclude<BatchItemStatus, 'pending'>;
  response: StoredResponse | null;
  usage: Usage | null;
  error: ErrorBody | null;
  /** Of an item that was worked on; its id is made from batch and position. */
  ledger: LedgerRow | null;
}

const RECORD_PROGRESS = {
  name: 'record-batch-progress',
  text: `UPDATE batches SET status = $3, told_completed = $4, told_failed = $5, failures = 0
    WHERE id = $1 AND attempt = $2 AND status IN ('submitted', 'in_progress') RETURNING id`,
};

/** Items that have a result keep it, so the same results again change nothing: no count, no sum and no ledger row. */
const STORE_BATCH_RESULTS = {
  name: 'store-batch-results',
  text: `WITH fence AS MATERIALIZED (
      SELECT id, tenant_id FROM batches
      WHERE id = $1 AND attempt = $2 AND status IN ('submitted', 'in_progress') FOR UPDATE
    ),
    stored AS (
      UPDATE batch_items SET status = new.status, response = new.response, usage = new.usage, error = new.error,
        finished_at = now()
      FROM fence, jsonb_to_recordset($3::jsonb) AS new(position int, status text, response jsonb, usage jsonb,
        error jsonb, ledger jsonb, unpriced boolean)
      WHERE batch_items.batch_id = fence.id AND batch_items.position = new.position AND batch_items.status = 'pending'
      RETURNING new.*, fence.tenant_id
    ),
    new_ledger AS (
      INSERT INTO usage_ledger (id, tenant_id, attempt, purpose, provider, model, outcome, input_tokens,
        output_tokens, cached_input_tokens, cache_write_input_tokens, reasoning_tokens, cost, estimated, price_version,
        call)
      SELECT l.id, stored.tenant_id, l.attempt, l.purpose, l.provider, l.model, l.outcome, l.input_tokens,
        l.output_tokens, l.cached_input_tokens, l.cache_write_input_tokens, l.reasoning_tokens, l.cost, l.estimated,
        l.price_version, l.call
      FROM stored, jsonb_to_record(stored.ledger) AS l(id uuid, attempt int, purpose text, provider text, model text,
        outcome text, input_tokens int, output_tokens int, cached_input_tokens int, cache_write_input_tokens int,
        reasoning_tokens int, cost numeric, estimated boolean, price_version text, call int)
      WHERE jsonb_typeof(stored.ledger) = 'object'
      ON CONFLICT DO NOTHING
    ),
    sums AS (
      SELECT count(*) FILTER (WHERE status = 'completed')::int AS completed,
        count(*) FILTER (WHERE status = 'failed')::int AS failed,
        count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled,
        count(*) FILTER (WHERE status = 'expired')::int AS expired,
        coalesce(sum((ledger ->> 'input_tokens')::bigint), 0) AS input_tokens,
        coalesce(sum((ledger ->> 'output_tokens')::bigint), 0) AS output_tokens,
        coalesce(sum((ledger ->> 'cached_input_tokens')::bigint), 0) AS cached_input_tokens,
        coalesce(sum((ledger ->> 'reasoning_tokens')::bigint), 0) AS reasoning_tokens,
        coalesce(sum((ledger ->> 'cost')::numeric), 0) AS cost,
        coalesce(bool_or(unpriced), false) AS unpriced
      FROM stored
    )
    UPDATE batches SET completed = batches.completed + sums.completed, failed = batches.failed + sums.failed,
      cancelled = batches.cancelled + sums.cancelled, expired = batches.expired + sums.expired,
      input_tokens = batches.input_tokens + sums.input_tokens,
      output_tokens = batches.output_tokens + sums.output_tokens,
      cached_input_tokens = batches.cached_input_tokens + sums.cached_input_tokens,
      reasoning_tokens = batches.reasoning_tokens + sums.reasoning_tokens,
      cost = batches.cost + sums.cost, unpriced = batches.unpriced OR sums.unpriced
    FROM fence, sums WHERE batches.id = fence.id RETURNING batches.id`,
};

/** What the provider tells of a batch that is under way. False when it is no longer this attempt's. */
export async function recordBatchProgress(
  database: Queryable,
  { id, attempt }: HeldBatch,
  told: { status: 'submitted' | 'in_progress'; completed: number; failed: number },
): Promise<boolean> {
  const values = [id, attempt, told.status, told.completed, told.failed];
  return (await database.query(RECORD_PROGRESS, values)).length > 0;
}

/** Stores results with what they cost, each once. False when the batch is no longer this attempt's. */
export async function storeBatchResults(
  database: Queryable,
  { id, attempt }: HeldBatch,
  results: readonly NewBatchResult[],
): Promise<boolean> {
  const rows = results.map((result) => ({ ...result, unpriced: result.ledger !== null && isUnpriced(result.ledger) }));
  return (await database.query(STORE_BATCH_RESULTS, [id, attempt, JSON.stringify(rows)])).length > 0;
}
