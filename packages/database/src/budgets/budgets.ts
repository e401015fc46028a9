import { type Budget, type BudgetChanges, type NewBudget, newId, TroupeError } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { violates } from '../database-error.js';
import { BUDGET_COLUMNS, type BudgetRow, budgetFromRow } from './budget-row.js';

const LIST_BUDGETS = {
  name: 'list-budgets',
  text: `SELECT ${BUDGET_COLUMNS} FROM budgets WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2)
    ORDER BY id DESC LIMIT $3`,
};
const READ_BUDGET = {
  name: 'read-budget',
  text: `SELECT ${BUDGET_COLUMNS} FROM budgets WHERE id = $1 AND tenant_id = $2`,
};
/** A period began before its budget was made; what was spent in it until then is not known to it. */
const CREATE_BUDGET = {
  name: 'create-budget',
  text: `INSERT INTO budgets (id, tenant_id, scope, subject, period, limit_usd, unpriced, period_start)
    VALUES ($1, $2, $3, $4, $5, $6, $7, now())
    RETURNING ${BUDGET_COLUMNS}`,
};
const CHANGE_BUDGET = {
  name: 'change-budget',
  text: `UPDATE budgets SET limit_usd = coalesce($3, limit_usd), unpriced = coalesce($4, unpriced), updated_at = now()
    WHERE id = $1 AND tenant_id = $2 RETURNING ${BUDGET_COLUMNS}`,
};
const DELETE_BUDGET = {
  name: 'delete-budget',
  text: 'DELETE FROM budgets WHERE id = $1 AND tenant_id = $2 RETURNING id',
};

/** Budgets of a tenant, newest first, older than the cursor. */
export async function listBudgets(
  database: Queryable,
  tenantId: string,
  page: { before: string | null; limit: number },
): Promise<Budget[]> {
  return (await database.query<BudgetRow>(LIST_BUDGETS, [tenantId, page.before, page.limit])).map(budgetFromRow);
}

/** @throws TroupeError `budget_not_found`, for another tenant's budget too. */
export async function readBudget(database: Queryable, tenantId: string, id: string): Promise<Budget> {
  const [row] = await database.query<BudgetRow>(READ_BUDGET, [id, tenantId]);
  return foundBudget(row, id);
}

/** @throws TroupeError `budget_exists` when there is one of the same scope, subject and period. */
export async function createBudget(database: Queryable, tenantId: string, budget: NewBudget): Promise<Budget> {
  const { scope, subject = null, period, limit_usd, unpriced = 'allow' } = budget;
  try {
    const values = [newId(), tenantId, scope, subject, period, limit_usd, unpriced];
    const [row] = await database.query<BudgetRow>(CREATE_BUDGET, values);
    if (!row) throw new Error('Creating a budget returned no row.');
    return budgetFromRow(row);
  } catch (error) {
    if (!violates(error, 'budgets_key')) throw error;
    throw new TroupeError({
      code: 'budget_exists',
      fault: 'caller',
      message: 'There is a budget of this scope, subject and period already. Change its limit with PATCH.',
      cause: error,
    });
  }
}

/** @throws TroupeError `budget_not_found` */
export async function changeBudget(
  database: Queryable,
  { tenantId, id }: { tenantId: string; id: string },
  { limit_usd: limit = null, unpriced = null }: { [Name in keyof BudgetChanges]: BudgetChanges[Name] | null },
): Promise<Budget> {
  const [row] = await database.query<BudgetRow>(CHANGE_BUDGET, [id, tenantId, limit, unpriced]);
  return foundBudget(row, id);
}

/**
 * Calls that are under way are no concern of it any more.
 * @throws TroupeError `budget_not_found`
 */
export async function deleteBudget(
  database: Queryable,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<void> {
  const rows = await database.query(DELETE_BUDGET, [id, tenantId]);
  if (rows.length === 0) throw budgetNotFound(id);
}

function foundBudget(row: BudgetRow | undefined, id: string): Budget {
  if (!row) throw budgetNotFound(id);
  return budgetFromRow(row);
}

function budgetNotFound(id: string): TroupeError {
  return new TroupeError({ code: 'budget_not_found', fault: 'caller', message: `There is no budget ${id}.` });
}
