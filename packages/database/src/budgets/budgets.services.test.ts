import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type BudgetPeriod, newId } from '@troupe/contracts';
import { ledgerRow } from '../usage/ledger-row.js';
import { recordUsage } from '../usage/record-usage.js';
import { changeBudget, deleteBudget, listBudgets, readBudget } from './budgets.js';
import { Budgets } from './budgets.test-harness.js';
import { type BudgetedCall, reserveBudgets } from './reserve-budgets.js';
import { settleBudgets, sweepBudgetReservations } from './settle-budgets.js';

const USAGE = {
  inputTokens: 10,
  outputTokens: 10,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  reasoningTokens: 0,
  estimated: true,
};

let budgets: Budgets;
let tenantId: string;
beforeAll(async () => {
  budgets = await Budgets.open();
});
afterAll(() => budgets?.close());
beforeEach(async () => {
  tenantId = await budgets.tenant();
});

const reserve = (call: Partial<BudgetedCall> = {}) =>
  reserveBudgets(budgets.database, { tenantId, callId: newId(), amount: 0.4, ...call }, 60);
const settle = (id: string, cost: number | null, tokens = 1) =>
  settleBudgets(budgets.database, [{ id, cost, input_tokens: tokens, output_tokens: 0 }]);

describe('a budget', () => {
  test('lets calls through as long as it has enough left for what they may cost', async () => {
    const budget = await budgets.create(tenantId);
    expect(await reserve()).toBeUndefined();
    expect(await reserve()).toBeUndefined();
    expect(await reserve()).toEqual({
      id: budget.id,
      scope: 'tenant',
      subject: null,
      period: 'day',
      unpriced: 'allow',
      limit: 1,
      spent: 0,
      reserved: 0.8,
      remaining: 0.2,
      resetsAt: budget.resets_at,
    });
    expect(await reserve({ amount: 0.2 })).toBeUndefined();
    expect(await reserve({ amount: 0 })).toBeUndefined();
    expect(await budgets.state(budget, tenantId)).toEqual({ spent: 0, reserved: 1, remaining: 0 });
  });

  test('charges what a call cost and gives back the rest, once', async () => {
    const budget = await budgets.create(tenantId);
    const callId = newId();
    await reserve({ callId });
    await settle(callId, 0.1);
    await settle(callId, 0.1);
    expect(await budgets.state(budget, tenantId)).toEqual({ spent: 0.1, reserved: 0, remaining: 0.9 });
    await settle(newId(), 0.5);
    expect(await budgets.state(budget, tenantId)).toEqual({ spent: 0.1, reserved: 0, remaining: 0.9 });
  });

  test('holds back once for a call that asks twice, even when nothing is left', async () => {
    const budget = await budgets.create(tenantId);
    const callId = newId();
    await reserve({ callId, amount: 1 });
    expect(await reserve({ callId, amount: 1 })).toBeUndefined();
    expect(await budgets.state(budget, tenantId)).toMatchObject({ reserved: 1 });
  });

  test.each([
    ['of which nobody knows what it cost', null, 1, 0.4],
    ['that was refused before it used anything', null, 0, 0],
    ['that cost more than it was allowed to', 0.7, 1, 0.7],
    ['that cost nothing', 0, 1, 0],
  ])('charges a call %s', async (_case, cost, tokens, spent) => {
    const budget = await budgets.create(tenantId);
    const callId = newId();
    await reserve({ callId });
    await settle(callId, cost, tokens);
    expect(await budgets.state(budget, tenantId)).toMatchObject({ spent, reserved: 0 });
  });

  test('is asked by the calls of whom it is for, and by no others', async () => {
    const keyId = newId();
    const user = await budgets.create(tenantId, { scope: 'user', subject: 'ada' });
    const agent = await budgets.create(tenantId, { scope: 'agent', subject: 'cherry' });
    const key = await budgets.create(tenantId, { scope: 'key', subject: keyId });
    const all = [user, agent, key];
    const reserved = async () => {
      const states = await Promise.all(all.map((budget) => budgets.state(budget, tenantId)));
      return states.map((state) => state.reserved);
    };
    await reserve();
    await reserve({ userId: 'bob', agent: 'ada', apiKeyId: newId() });
    await reserve({ userId: 'cherry', agent: null });
    expect(await reserved()).toEqual([0, 0, 0]);
    await reserve({ userId: 'ada', amount: 0.1 });
    await reserve({ userId: 'ada', agent: 'cherry', amount: 0.2 });
    await reserve({ apiKeyId: keyId, agent: 'cherry', amount: 0.3 });
    expect(await reserved()).toEqual([0.3, 0.5, 0.3]);
    const otherTenant = await budgets.tenant();
    await reserve({ tenantId: otherTenant, userId: 'ada', agent: 'cherry', apiKeyId: keyId });
    expect(await reserved()).toEqual([0.3, 0.5, 0.3]);
  });

  test('that refuses keeps the others as they were; the one with least left is named', async () => {
    const tenant = await budgets.create(tenantId, { limit_usd: 0.3 });
    const user = await budgets.create(tenantId, { scope: 'user', subject: 'ada', limit_usd: 0.2 });
    const month = await budgets.create(tenantId, { period: 'month', limit_usd: 5 });
    expect(await reserve({ userId: 'ada' })).toMatchObject({ id: user.id, remaining: 0.2 });
    expect(await reserve({ userId: 'bob' })).toMatchObject({ id: tenant.id, remaining: 0.3 });
    for (const budget of [tenant, user, month]) {
      expect(await budgets.state(budget, tenantId)).toMatchObject({ reserved: 0 });
    }
    expect(await reserve({ userId: 'ada', amount: 0.2 })).toBeUndefined();
    for (const budget of [tenant, user, month]) {
      expect(await budgets.state(budget, tenantId)).toMatchObject({ reserved: 0.2 });
    }
  });

  test('whose limit is lowered below what is spent lets nothing more through, and says that nothing is left', async () => {
    const budget = await budgets.create(tenantId);
    const callId = newId();
    await reserve({ callId });
    await settle(callId, 0.4);
    const { id } = budget;
    expect(await changeBudget(budgets.database, { tenantId, id }, { limit_usd: 0.3 })).toMatchObject({ remaining: 0 });
    expect(await reserve({ amount: 0.01 })).toMatchObject({ limit: 0.3, spent: 0.4, remaining: 0 });
    expect(await reserve({ amount: 0 })).toBeUndefined();
    await changeBudget(budgets.database, { tenantId, id }, { limit_usd: 0.5 });
    expect(await reserve({ amount: 0.1 })).toBeUndefined();
  });

  test('that is deleted takes its reservations along', async () => {
    const budget = await budgets.create(tenantId);
    const callId = newId();
    await reserve({ callId });
    await deleteBudget(budgets.database, { tenantId, id: budget.id });
    await settle(callId, 0.1);
    expect(await listBudgets(budgets.database, tenantId, { before: null, limit: 10 })).toEqual([]);
    expect(await reserve({ amount: 100 })).toBeUndefined();
  });

  test('there is once for a scope, subject and period, and belongs to its tenant', async () => {
    const budget = await budgets.create(tenantId);
    await expect(budgets.create(tenantId)).rejects.toMatchObject({ code: 'budget_exists' });
    await budgets.create(tenantId, { period: 'hour' });
    const other = await budgets.tenant();
    await budgets.create(other);
    const { id } = budget;
    const missing = { code: 'budget_not_found' };
    await expect(readBudget(budgets.database, other, id)).rejects.toMatchObject(missing);
    await expect(changeBudget(budgets.database, { tenantId: other, id }, {})).rejects.toMatchObject(missing);
    await expect(deleteBudget(budgets.database, { tenantId: other, id })).rejects.toMatchObject(missing);
  });
});

describe('a call whose price nobody knows', () => {
  test('is let through while something is left, and charged when the provider states its cost', async () => {
    const budget = await budgets.create(tenantId);
    const callId = newId();
    expect(await reserve({ callId, amount: null })).toBeUndefined();
    expect(await budgets.state(budget, tenantId)).toMatchObject({ reserved: 0 });
    await settle(callId, 1.5);
    expect(await budgets.state(budget, tenantId)).toEqual({ spent: 1.5, reserved: 0, remaining: 0 });
    expect(await reserve({ amount: null })).toMatchObject({ id: budget.id, spent: 1.5 });
  });

  test('is not let through by a budget that says so', async () => {
    const budget = await budgets.create(tenantId, { unpriced: 'refuse' });
    expect(await reserve({ amount: null })).toMatchObject({ id: budget.id, unpriced: 'refuse', remaining: 1 });
    expect(await reserve({ amount: 0.1 })).toBeUndefined();
  });
});

describe('a period', () => {
  const setBack = (id: string, start: string) =>
    budgets.database.dataSource.query('UPDATE budgets SET period_start = $2 WHERE id = $1', [id, start]);
  const LENGTHS: Record<Exclude<BudgetPeriod, 'total'>, number> = { hour: 1, day: 24, week: 7 * 24, month: 31 * 24 };

  test.each(Object.entries(LENGTHS))(
    'a %s begins anew with nothing spent; what is reserved stays',
    async (name, hours) => {
      const budget = await budgets.create(tenantId, { period: name as BudgetPeriod });
      const [early, late] = [newId(), newId()];
      await reserve({ callId: early, amount: 0.6 });
      await reserve({ callId: late, amount: 0.3 });
      await settle(early, 0.6);
      expect(await reserve()).toMatchObject({ spent: 0.6 });
      await setBack(budget.id, new Date(Date.now() - hours * 3_600_000).toISOString());
      expect(await budgets.state(budget, tenantId)).toEqual({ spent: 0, reserved: 0.3, remaining: 0.7 });
      expect(await reserve({ amount: 0.7 })).toBeUndefined();
      expect(await reserve({ amount: 0.1 })).toMatchObject({ spent: 0, reserved: 1 });
      await settle(late, 0.2);
      expect(await budgets.state(budget, tenantId)).toMatchObject({ spent: 0.2, reserved: 0.7 });
    },
  );

  test('that is over is closed by a settlement too', async () => {
    const budget = await budgets.create(tenantId);
    const [early, late] = [newId(), newId()];
    await reserve({ callId: early });
    await reserve({ callId: late });
    await settle(early, 0.4);
    await setBack(budget.id, '2020-01-01T00:00:00Z');
    await settle(late, 0.3);
    expect(await budgets.state(budget, tenantId)).toEqual({ spent: 0.3, reserved: 0, remaining: 0.7 });
  });

  test('is one of the calendar in UTC, whatever the time zone of a session is', async () => {
    const zone = await Budgets.open(1);
    await zone.database.dataSource.query(`SET TIME ZONE 'Asia/Kathmandu'`);
    const tenant = await zone.tenant();
    for (const period of ['hour', 'day', 'week', 'month'] as const) {
      const budget = await zone.create(tenant, { period });
      await zone.database.dataSource.query(`UPDATE budgets SET period_start = '2020-01-01' WHERE id = $1`, [budget.id]);
      const { period_start, resets_at } = await readBudget(zone.database, tenant, budget.id);
      const [start, end] = [new Date(period_start), new Date(resets_at ?? Number.NaN)];
      const now = Date.now();
      expect(start.getTime()).toBeLessThanOrEqual(now);
      expect(end.getTime()).toBeGreaterThan(now);
      expect(period_start).toMatch(period === 'hour' ? /:00:00\.000Z$/ : /T00:00:00\.000Z$/);
      if (period === 'week') expect([start.getUTCDay(), end.getUTCDay()]).toEqual([1, 1]);
      if (period === 'month') expect([start.getUTCDate(), end.getUTCDate()]).toEqual([1, 1]);
    }
    await zone.close();
  });

  test('without an end never does', async () => {
    const budget = await budgets.create(tenantId, { period: 'total' });
    expect(budget.resets_at).toBeNull();
    const callId = newId();
    await reserve({ callId });
    await settle(callId, 0.4);
    await setBack(budget.id, '2020-01-01T00:00:00Z');
    expect(await budgets.state(budget, tenantId)).toMatchObject({ spent: 0.4 });
    expect(await reserve({ amount: 0.7 })).toMatchObject({ spent: 0.4, resetsAt: null });
  });
});

describe('what nobody settled', () => {
  const sweep = async () => {
    while (await sweepBudgetReservations(budgets.database));
  };
  const store = (id: string, price: number | undefined) => {
    const row = ledgerRow({
      id,
      purpose: 'turn',
      model: 'a/b',
      outcome: 'completed',
      usage: USAGE,
      ...(price !== undefined && { price: { cost: price, priceVersion: 'own@1' } }),
    });
    return recordUsage(budgets.database, { tenantId }, row);
  };

  test.each([
    ['all that it was allowed to, when nothing is known of it', 'nothing', 0.4],
    ['what the ledger says', 0.15, 0.15],
    ['all that it was allowed to, when the ledger does not know', undefined, 0.4],
  ] as const)('is charged %s', async (_case, ledger, spent) => {
    const budget = await budgets.create(tenantId);
    const callId = newId();
    await reserve({ callId });
    if (ledger !== 'nothing') await store(callId, ledger);
    await sweep();
    expect(await budgets.state(budget, tenantId)).toMatchObject({ spent: 0, reserved: 0.4 });
    await budgets.expire([callId]);
    await sweep();
    await sweep();
    expect(await budgets.state(budget, tenantId)).toMatchObject({ spent, reserved: 0 });
    await settle(callId, 0.1);
    expect(await budgets.state(budget, tenantId)).toMatchObject({ spent, reserved: 0 });
  });

  test('is swept in batches, by many at once, and charged once', async () => {
    const budget = await budgets.create(tenantId, { limit_usd: 1_000 });
    const user = await budgets.create(tenantId, { scope: 'user', subject: 'ada', limit_usd: 1_000 });
    const callIds = Array.from({ length: 250 }, newId);
    await Promise.all(callIds.map((callId) => reserve({ callId, userId: 'ada', amount: 1 })));
    await budgets.expire(callIds);
    await Promise.all(Array.from({ length: 6 }, sweep));
    await sweep();
    expect(await budgets.state(budget, tenantId)).toEqual({ spent: 250, reserved: 0, remaining: 750 });
    expect(await budgets.state(user, tenantId)).toEqual({ spent: 250, reserved: 0, remaining: 750 });
  });
});
