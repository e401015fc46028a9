import { type Budget, type NewBudget, newId } from '@troupe/contracts';
import { createTestDatabase, type TestDatabase } from '@troupe/testing';
import { Database } from '../database.js';
import { ensureTenant } from '../tenants/ensure-tenant.js';
import { createBudget, readBudget } from './budgets.js';

/** A database with budgets in it; each test takes a tenant of its own. */
export class Budgets {
  private constructor(
    readonly server: TestDatabase,
    readonly database: Database,
  ) {}

  static async open(poolSize = 16): Promise<Budgets> {
    const server = await createTestDatabase();
    const database = await connectTo(server.url, poolSize);
    await database.migrate();
    return new Budgets(server, database);
  }

  tenant(): Promise<string> {
    return ensureTenant(this.database, newId());
  }

  create(tenantId: string, budget: Partial<NewBudget> = {}): Promise<Budget> {
    return createBudget(this.database, tenantId, { scope: 'tenant', period: 'day', limit_usd: 1, ...budget });
  }

  async state(budget: Budget, tenantId: string): Promise<Pick<Budget, 'spent' | 'reserved' | 'remaining'>> {
    const { spent, reserved, remaining } = await readBudget(this.database, tenantId, budget.id);
    return { spent, reserved, remaining };
  }

  /** Makes what was reserved for these calls, or for any, look as if its time were over. */
  async expire(callIds: readonly string[] | null = null): Promise<void> {
    await this.database.dataSource.query(
      `UPDATE budget_reservations SET expires_at = now() - interval '1 second' WHERE $1::uuid[] IS NULL OR call_id = ANY($1)`,
      [callIds],
    );
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.server.drop();
  }
}

export function connectTo(url: string, poolSize: number, statementTimeoutMs = 10_000): Promise<Database> {
  return Database.connect({
    url,
    poolSize,
    applicationName: 'test',
    statementTimeoutMs,
    onConnectionError: () => undefined,
  });
}
