import type { Queryable } from '../database.js';
import { PRESENT_SPENT } from './budget-period.js';
import type { BudgetedCall } from './reserve-budgets.js';

const READ_BUDGET_LEFT = {
  name: 'read-budget-left',
  text: `SELECT greatest(0, min(limit_usd - ${PRESENT_SPENT} - reserved)) AS remaining FROM budgets
    WHERE tenant_id = $1 AND (scope = 'tenant' OR (scope = 'user' AND subject = $2)
      OR (scope = 'agent' AND subject = $3) OR (scope = 'key' AND subject = $4))
    HAVING count(*) > 0`,
};

/** What the tightest of the budgets that a call counts against has left, in US dollars; undefined: it has none. */
export async function readBudgetLeft(
  database: Queryable,
  { tenantId, userId = null, agent = null, apiKeyId = null }: Omit<BudgetedCall, 'callId' | 'amount'>,
): Promise<number | undefined> {
  const [row] = await database.query<{ remaining: string }>(READ_BUDGET_LEFT, [tenantId, userId, agent, apiKeyId]);
  return row && Number(row.remaining);
}
