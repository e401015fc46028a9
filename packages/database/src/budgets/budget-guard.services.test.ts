import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, type TroupeError } from '@troupe/contracts';
import type { Queryable, Statement } from '../database.js';
import { BudgetGuard } from './budget-guard.js';
import { Budgets } from './budgets.test-harness.js';

/** Counts what is asked of the database. */
class Counted implements Queryable {
  asked: string[] = [];

  constructor(private readonly database: Queryable) {}

  query<Row>(statement: Statement, values: unknown[]): Promise<Row[]> {
    this.asked.push(statement.name);
    return this.database.query<Row>(statement, values);
  }
}

let budgets: Budgets;
let database: Counted;
let tenantId: string;
beforeAll(async () => {
  budgets = await Budgets.open();
});
afterAll(() => budgets?.close());
beforeEach(async () => {
  tenantId = await budgets.tenant();
  database = new Counted(budgets.database);
});

const settled = (id: string, cost: number) => [{ id, cost, input_tokens: 1, output_tokens: 0 }];

describe('a budget guard', () => {
  test('asks nothing of the database for tenants without a budget, but for one look', async () => {
    const guard = new BudgetGuard({ database, refreshMs: 60_000 });
    const call = async () => {
      const callId = newId();
      await guard.reserve({ tenantId, callId, amount: 1_000 });
      await guard.settle(tenantId, settled(callId, 1_000));
    };
    await Promise.all(Array.from({ length: 50 }, call));
    await call();
    expect(database.asked).toEqual(['tenants-with-budgets']);
  });

  test('tells what the tightest of the budgets that bind a call has left', async () => {
    const guard = new BudgetGuard({ database, refreshMs: 0 });
    expect(await guard.left({ tenantId })).toBeUndefined();
    await budgets.create(tenantId, { scope: 'user', subject: 'ada' });
    expect(await guard.left({ tenantId, userId: 'eve' })).toBeUndefined();
    await budgets.create(tenantId, { limit_usd: 9 });
    expect(await guard.left({ tenantId, userId: 'eve' })).toBe(9);
    expect(await guard.left({ tenantId, userId: 'ada' })).toBe(1);
    await guard.reserve({ tenantId, userId: 'ada', callId: newId(), amount: 0.75 });
    expect(await guard.left({ tenantId, userId: 'ada' })).toBe(0.25);
  });

  test('holds back, charges, and refuses with all that a caller has to know', async () => {
    const budget = await budgets.create(tenantId, { scope: 'user', subject: 'ada' });
    const guard = new BudgetGuard({ database });
    const callId = newId();
    await guard.reserve({ tenantId, userId: 'ada', callId, amount: 0.75 });
    await guard.settle(tenantId, settled(callId, 0.5));
    await guard.reserve({ tenantId, userId: 'ada', callId: newId(), amount: 0.25 });
    const refused = guard.reserve({ tenantId, userId: 'ada', callId: newId(), amount: 0.300001 });
    const error = await refused.catch((thrown: TroupeError) => thrown);
    expect(error).toMatchObject({
      code: 'budget_exceeded',
      fault: 'caller',
      retryable: false,
      message:
        'Of $1.00, the daily budget of user "ada", $0.50 is spent and $0.25 held back for calls that are under way: not ' +
        `enough is left for this call, which may cost $0.300001. It resets at ${budget.resets_at}.`,
      details: {
        budget: { id: budget.id, scope: 'user', subject: 'ada', period: 'day' },
        limit_usd: 1,
        spent: 0.5,
        reserved: 0.25,
        remaining: 0.25,
        amount: 0.300001,
        resets_at: budget.resets_at,
      },
    });
    expect(database.asked.filter((name) => name === 'tenants-with-budgets')).toHaveLength(1);
  });

  test('says what to do about a call whose price nobody knows', async () => {
    await budgets.create(tenantId, { unpriced: 'refuse', period: 'month' });
    const guard = new BudgetGuard({ database });
    await expect(guard.reserve({ tenantId, callId: newId(), amount: null })).rejects.toMatchObject({
      code: 'budget_exceeded',
      message: expect.stringMatching(/^Nobody knows .+ monthly budget of the tenant .+ TROUPE_PRICES_FILE\.$/),
    });
  });

  test('says so when the budget without an end is used up by calls whose price nobody knew', async () => {
    await budgets.create(tenantId, { period: 'total', limit_usd: 0 });
    const guard = new BudgetGuard({ database });
    await expect(guard.reserve({ tenantId, callId: newId(), amount: null })).rejects.toMatchObject({
      message:
        'Of $0.00, the budget of the tenant, $0.00 is spent: nothing is left for a call whose price nobody knows. ' +
        'Raise its limit to go on.',
      details: { resets_at: null },
    });
  });

  test("heeds a tenant's first budget once its look is old", async () => {
    const guard = new BudgetGuard({ database, refreshMs: 50 });
    const call = () => guard.reserve({ tenantId, callId: newId(), amount: 2 });
    await call();
    await budgets.create(tenantId);
    const until = performance.now() + 10_000;
    let refused: unknown;
    while (refused === undefined && performance.now() < until) {
      refused = await call().then(
        () => undefined,
        (error: TroupeError) => error.code,
      );
    }
    expect(refused).toBe('budget_exceeded');
  });

  test('looks again when a look failed', async () => {
    let broken = true;
    const flaky: Queryable = {
      query: (statement, values) => (broken ? Promise.reject(new Error('away')) : database.query(statement, values)),
    };
    const guard = new BudgetGuard({ database: flaky, refreshMs: 60_000 });
    await budgets.create(tenantId);
    await expect(guard.reserve({ tenantId, callId: newId(), amount: 2 })).rejects.toThrow('away');
    broken = false;
    await expect(guard.reserve({ tenantId, callId: newId(), amount: 2 })).rejects.toMatchObject({
      code: 'budget_exceeded',
    });
  });
});
