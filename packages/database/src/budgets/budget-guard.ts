import type { Queryable } from '../database.js';
import { budgetExceeded } from './budget-exceeded.js';
import { readBudgetLeft } from './budget-left.js';
import { type BudgetedCall, reserveBudgets } from './reserve-budgets.js';
import { type SettledCall, settleBudgets } from './settle-budgets.js';

const TENANTS_WITH_BUDGETS = {
  name: 'tenants-with-budgets',
  text: 'SELECT id FROM tenants WHERE EXISTS (SELECT FROM budgets WHERE tenant_id = tenants.id)',
};

const REFRESH_MS = 5_000;
const RESERVATION_SECONDS = 900;

export interface BudgetGuardOptions {
  database: Queryable;
  /** How long it is believed who has budgets: a tenant's first one binds after so long. Milliseconds; 5,000 unless told. */
  refreshMs?: number;
  /**
   * When a reservation that nobody settled is charged; longer than any call may last. Seconds; 900 unless told.
   */
  reservationSeconds?: number;
}

/**
 * Stands between calls and what they may cost. For tenants without a budget it asks the database nothing, but for one
 * statement every few seconds that tells which tenants have any.
 */
export class BudgetGuard {
  readonly #database: Queryable;
  readonly #refreshMs: number;
  readonly #reservationSeconds: number;
  #known: ReadonlySet<string> | undefined;
  #looking: Promise<ReadonlySet<string> | undefined> = Promise.resolve(undefined);
  #freshUntil = 0;

  constructor({ database, refreshMs = REFRESH_MS, reservationSeconds = RESERVATION_SECONDS }: BudgetGuardOptions) {
    this.#database = database;
    this.#refreshMs = refreshMs;
    this.#reservationSeconds = reservationSeconds;
  }

  /**
   * Holds back what a call may cost, right before it is made.
   * @throws TroupeError `budget_exceeded`: it must not be made.
   */
  async reserve(call: BudgetedCall): Promise<void> {
    if (!(await this.binds(call.tenantId))) return;
    const refusal = await reserveBudgets(this.#database, call, this.#reservationSeconds);
    if (refusal) throw budgetExceeded(refusal, call.amount);
  }

  /** What the tightest of the budgets that a call counts against has left, in US dollars; undefined: it has none. */
  async left(owner: Omit<BudgetedCall, 'callId' | 'amount'>): Promise<number | undefined> {
    return (await this.binds(owner.tenantId)) ? readBudgetLeft(this.#database, owner) : undefined;
  }

  /**
   * Charges calls for what they cost. After the commit of their ledger rows, or last in its transaction (`database`). Where it
   * is not done, the sweep does it once the reservation has expired.
   */
  async settle(tenantId: string, calls: readonly SettledCall[], database: Queryable = this.#database): Promise<void> {
    if (calls.length > 0 && (await this.binds(tenantId))) await settleBudgets(database, calls);
  }

  /** Whether a tenant has budgets at all. While Postgres is away what was known before decides. */
  async binds(tenantId: string): Promise<boolean> {
    if (performance.now() >= this.#freshUntil) {
      this.#freshUntil = performance.now() + this.#refreshMs;
      this.#looking = this.#look();
    }
    return (await this.#looking)?.has(tenantId) ?? false;
  }

  async #look(): Promise<ReadonlySet<string> | undefined> {
    try {
      this.#known = await this.#readTenants();
    } catch (error) {
      this.#freshUntil = 0;
      if (!this.#known) throw error;
    }
    return this.#known;
  }

  async #readTenants(): Promise<ReadonlySet<string>> {
    const rows = await this.#database.query<{ id: string }>(TENANTS_WITH_BUDGETS, []);
    return new Set(rows.map(({ id }) => id));
  }
}
