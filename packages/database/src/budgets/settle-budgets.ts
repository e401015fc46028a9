import type { Queryable } from '../database.js';
import { isUnpriced, type LedgerRow } from '../usage/ledger-row.js';
import { PRESENT_SPENT, PRESENT_START } from './budget-period.js';

/**
 * Turns reservations into what their calls have cost: of the budgets in `locked` those in `due (call_id, cost)`. A cost
 * that nobody knows is taken to be what was reserved. A reservation is there once, so it is settled once.
 */
const settle = `
    settled AS (
      DELETE FROM budget_reservations USING due, locked
      WHERE budget_reservations.call_id = due.call_id AND budget_reservations.budget_id = locked.id
      RETURNING budget_id, amount, coalesce(due.cost, amount) AS cost
    ),
    sums AS (
      SELECT budget_id, sum(amount) AS amount, sum(cost) AS cost FROM settled GROUP BY budget_id
    ),
    charged AS (
      UPDATE budgets SET reserved = reserved - sums.amount, spent = ${PRESENT_SPENT} + sums.cost,
        period_start = ${PRESENT_START}
      FROM sums WHERE budgets.id = sums.budget_id
    )
    SELECT count(*)::int AS settled FROM settled`;

/** In the order in which `reserveBudgets` locks them. */
const locked = `
    locked AS MATERIALIZED (
      SELECT id FROM budgets
      WHERE id IN (SELECT budget_id FROM budget_reservations WHERE call_id IN (SELECT call_id FROM due))
      ORDER BY id FOR NO KEY UPDATE
    )`;

const SETTLE_BUDGETS = {
  name: 'settle-budgets',
  text: `WITH due AS MATERIALIZED (
      SELECT DISTINCT ON (id) id AS call_id, cost FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, cost numeric)
    ),${locked},${settle}`,
};

/** The ledger knows what some of them cost: their worker died after its commit. */
const SWEEP_RESERVATIONS = {
  name: 'sweep-budget-reservations',
  text: `WITH expired AS (
      SELECT DISTINCT call_id FROM (
        SELECT call_id FROM budget_reservations WHERE expires_at < now() ORDER BY expires_at LIMIT $1
      ) AS oldest
    ),
    due AS MATERIALIZED (
      SELECT call_id, usage_ledger.cost FROM expired LEFT JOIN usage_ledger ON usage_ledger.id = expired.call_id
    ),${locked},${settle}`,
};

/** Reservations that one sweep settles: few, so that it holds their budgets for a moment only. */
const BATCH = 100;

/** What a settlement has to know of a call: its ledger row does, or a row that says that it was never made. */
export type SettledCall = Pick<LedgerRow, 'id' | 'cost' | 'input_tokens' | 'output_tokens'>;

/**
 * Charges calls to their budgets for what they cost, and gives back what was held back beyond that. Calls that hold nothing
 * back, because they were settled before or never reserved, are passed over: doing it twice is doing it once. It may run in
 * the transaction that stores the rows; then after it, for the locks of budgets are the last that anybody takes.
 */
export async function settleBudgets(database: Queryable, rows: readonly SettledCall[]): Promise<void> {
  if (rows.length === 0) return;
  // What was refused before it used anything cost nothing, whatever its price is.
  const due = rows.map((row) => ({ id: row.id, cost: isUnpriced(row) ? null : (row.cost ?? 0) }));
  await database.query(SETTLE_BUDGETS, [JSON.stringify(due)]);
}

/**
 * Settles what nobody settled in time: at what the ledger says the call cost, else at all that it was allowed to. True when
 * there may be more. Any number may do it at once.
 */
export async function sweepBudgetReservations(database: Queryable): Promise<boolean> {
  const [swept] = await database.query<{ settled: number }>(SWEEP_RESERVATIONS, [BATCH]);
  return swept !== undefined && swept.settled >= BATCH;
}
