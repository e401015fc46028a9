export const BUDGET_SCOPES = ['tenant', 'user', 'agent', 'key'] as const;
/** Periods are those of the calendar in UTC; weeks begin on Monday, `total` never ends. */
export const BUDGET_PERIODS = ['hour', 'day', 'week', 'month', 'total'] as const;
export const UNPRICED_POLICIES = ['allow', 'refuse'] as const;

export type BudgetScope = (typeof BUDGET_SCOPES)[number];
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];
/** What becomes of a call whose price nobody knows. */
export type UnpricedPolicy = (typeof UNPRICED_POLICIES)[number];

/** What the calls of somebody may cost in a period. Amounts are US dollars. */
export interface Budget {
  id: string;
  scope: BudgetScope;
  /** The application's id of the user, slug of the agent or id of the API key; null for the whole tenant. */
  subject: string | null;
  period: BudgetPeriod;
  limit_usd: number;
  unpriced: UnpricedPolicy;
  /** What calls of this period have cost. */
  spent: number;
  /** What calls that are under way may cost at most. */
  reserved: number;
  /** What further calls may cost. */
  remaining: number;
  period_start: string;
  /** When `spent` is 0 again; null: never. */
  resets_at: string | null;
  created_at: string;
  updated_at: string;
}

export interface NewBudget {
  scope: BudgetScope;
  /** Absent for the whole tenant only. */
  subject?: string | null;
  period: BudgetPeriod;
  limit_usd: number;
  /** Default `allow`. */
  unpriced?: UnpricedPolicy;
}

/** What can be changed. */
export interface BudgetChanges {
  limit_usd?: number;
  unpriced?: UnpricedPolicy;
}
