import type { BudgetPeriod, BudgetScope, UnpricedPolicy } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { PRESENT_SPENT, PRESENT_START, RESETS_AT } from './budget-period.js';

/** A call that is about to be made, and whose budgets it is for. */
export interface BudgetedCall {
  tenantId: string;
  userId?: string | null;
  /** Slug. */
  agent?: string | null;
  apiKeyId?: string | null;
  /** That of its ledger row: `callLedgerId`. */
  callId: string;
  /** What it may cost at most, in US dollars; null when nobody knows its price. */
  amount: number | null;
}

/** A budget that does not let a call through. Amounts are US dollars. */
export interface BudgetRefusal {
  id: string;
  scope: BudgetScope;
  subject: string | null;
  period: BudgetPeriod;
  unpriced: UnpricedPolicy;
  limit: number;
  spent: number;
  reserved: number;
  /** What is left of the limit. */
  remaining: number;
  /** When `spent` is 0 again, RFC 3339; null: never. */
  resetsAt: string | null;
}

/**
 * All budgets of a call, locked in the order of their ids, so that calls never wait for each other in a circle. What is
 * read of a row is of after its lock: Postgres reads the row again then. A period that is over is closed by whoever comes
 * first; what is reserved stays, and counts in the period in which its call is settled. A call whose price nobody knows
 * leaves a reservation of nothing, by which its cost is charged should the provider state it. One that is free always passes.
 */
const RESERVE_BUDGETS = {
  name: 'reserve-budgets',
  text: `WITH locked AS MATERIALIZED (
      SELECT budgets.*, ${PRESENT_START} AS present_start, ${PRESENT_SPENT} AS present_spent, ${RESETS_AT} AS resets_at
      FROM budgets
      WHERE tenant_id = $1 AND (scope = 'tenant' OR (scope = 'user' AND subject = $2)
        OR (scope = 'agent' AND subject = $3) OR (scope = 'key' AND subject = $4))
      ORDER BY id FOR NO KEY UPDATE
    ),
    asked AS (
      SELECT locked.*, limit_usd - present_spent - reserved AS remaining FROM locked
      WHERE NOT EXISTS (SELECT FROM budget_reservations WHERE call_id = $5 AND budget_id = locked.id)
    ),
    refused AS (
      SELECT * FROM asked
      WHERE CASE WHEN $6::numeric IS NULL THEN unpriced = 'refuse' OR remaining <= 0 ELSE $6 > 0 AND remaining < $6 END
    ),
    made AS (
      INSERT INTO budget_reservations (call_id, budget_id, amount, expires_at)
      SELECT $5, id, coalesce($6, 0), now() + make_interval(secs => $7) FROM asked
      WHERE NOT EXISTS (SELECT FROM refused)
      ON CONFLICT DO NOTHING RETURNING budget_id, amount
    ),
    charged AS (
      UPDATE budgets SET reserved = budgets.reserved + made.amount, spent = asked.present_spent,
        period_start = asked.present_start
      FROM made JOIN asked ON asked.id = made.budget_id WHERE budgets.id = made.budget_id
    )
    SELECT id, scope, subject, period, unpriced, limit_usd, present_spent AS spent, reserved,
      greatest(0, remaining) AS remaining, resets_at
    FROM refused ORDER BY refused.remaining, id LIMIT 1`,
};

interface RefusalRow {
  id: string;
  scope: BudgetScope;
  subject: string | null;
  period: BudgetPeriod;
  unpriced: UnpricedPolicy;
  limit_usd: string;
  spent: string;
  reserved: string;
  remaining: string;
  resets_at: Date | null;
}

/**
 * Holds back what a call may cost from every budget that it counts against: from all of them or, when one has not enough
 * left, from none. Doing it again for the same call changes nothing. What nobody settles is settled by the sweep after
 * `expiresInSeconds`.
 * @returns undefined, or the tightest of the budgets that refuse
 */
export async function reserveBudgets(
  database: Queryable,
  { tenantId, userId = null, agent = null, apiKeyId = null, callId, amount }: BudgetedCall,
  expiresInSeconds: number,
): Promise<BudgetRefusal | undefined> {
  const values = [tenantId, userId, agent, apiKeyId, callId, amount, expiresInSeconds];
  const [row] = await database.query<RefusalRow>(RESERVE_BUDGETS, values);
  return row && refusalFromRow(row);
}

function refusalFromRow({ limit_usd, resets_at, ...row }: RefusalRow): BudgetRefusal {
  return {
    ...row,
    limit: Number(limit_usd),
    spent: Number(row.spent),
    reserved: Number(row.reserved),
    remaining: Number(row.remaining),
    resetsAt: resets_at?.toISOString() ?? null,
  };
}
