import type { Queryable } from '../database.js';
import type { LedgerRow } from './ledger-row.js';

/** Whom a call was made for. What a call outside of any run does not have is absent. */
export interface CallOwner {
  tenantId: string;
  runId?: string;
  threadId?: string;
  userId?: string | null;
  agent?: string;
}

const RECORD_USAGE = {
  name: 'record-usage',
  text: `INSERT INTO usage_ledger (id, tenant_id, run_id, thread_id, user_id, agent, step, attempt, purpose, provider,
      model, outcome, input_tokens, output_tokens, cached_input_tokens, cache_write_input_tokens, reasoning_tokens, cost,
      estimated, price_version, call)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
    ON CONFLICT DO NOTHING`,
};

/** Stores a ledger row that no commit of a run or task carries: once, whoever else accounts for the same call. */
export async function recordUsage(database: Queryable, owner: CallOwner, row: LedgerRow): Promise<void> {
  await database.query(RECORD_USAGE, [
    row.id,
    owner.tenantId,
    owner.runId ?? null,
    owner.threadId ?? null,
    owner.userId ?? null,
    owner.agent ?? null,
    row.step,
    row.attempt,
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
    row.price_version,
    row.call,
  ]);
}
