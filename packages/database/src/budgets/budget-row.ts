import type { Budget, BudgetPeriod, BudgetScope, UnpricedPolicy } from '@troupe/contracts';
import { PRESENT_SPENT, PRESENT_START, RESETS_AT } from './budget-period.js';

/** A row of `budgets` as of now. */
export interface BudgetRow {
  id: string;
  scope: BudgetScope;
  subject: string | null;
  period: BudgetPeriod;
  limit_usd: string;
  unpriced: UnpricedPolicy;
  reserved: string;
  spent: string;
  remaining: string;
  period_start: Date;
  resets_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** The columns of BudgetRow. */
export const BUDGET_COLUMNS = `budgets.id, budgets.scope, budgets.subject, budgets.period, budgets.limit_usd,
  budgets.unpriced, budgets.reserved, ${PRESENT_SPENT} AS spent,
  greatest(0, budgets.limit_usd - budgets.reserved - ${PRESENT_SPENT}) AS remaining,
  ${PRESENT_START} AS period_start, ${RESETS_AT} AS resets_at, budgets.created_at, budgets.updated_at`;

export function budgetFromRow(row: BudgetRow): Budget {
  return {
    id: row.id,
    scope: row.scope,
    subject: row.subject,
    period: row.period,
    limit_usd: Number(row.limit_usd),
    unpriced: row.unpriced,
    spent: Number(row.spent),
    reserved: Number(row.reserved),
    remaining: Number(row.remaining),
    period_start: row.period_start.toISOString(),
    resets_at: row.resets_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
