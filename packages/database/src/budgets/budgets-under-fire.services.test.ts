import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Budget, newId } from '@troupe/contracts';
import { startTcpProxy } from '@troupe/testing';
import { ledgerRow } from '../usage/ledger-row.js';
import { recordUsage } from '../usage/record-usage.js';
import { Budgets, connectTo } from './budgets.test-harness.js';
import { reserveBudgets } from './reserve-budgets.js';
import { settleBudgets, sweepBudgetReservations } from './settle-budgets.js';

let budgets: Budgets;
beforeAll(async () => {
  budgets = await Budgets.open(24);
});
afterAll(() => budgets?.close());

const EXPIRES_IN_SECONDS = 60;
const LIMIT = 5;
/** Amounts are whole cents, so that sums are exact. */
const cents = (most: number) => Math.floor(Math.random() * (most + 1)) / 100;
const pick = <Choice>(choices: readonly Choice[]) => choices[Math.floor(Math.random() * choices.length)] as Choice;

/** Watches, beside the work, that no budget is ever passed; answers how often it looked. */
async function watched(tenantId: string, work: Promise<unknown>): Promise<number> {
  let done = false;
  const end = () => {
    done = true;
  };
  work.then(end, end);
  let looks = 0;
  while (!done) {
    const passed = await budgets.database.dataSource.query(
      'SELECT id, spent, reserved, limit_usd FROM budgets WHERE tenant_id = $1 AND spent + reserved > limit_usd',
      [tenantId],
    );
    expect(passed).toEqual([]);
    looks += 1;
  }
  await work;
  return looks;
}

/** A tenant, two users, two agents and a key, each with less than the callers would like to spend. */
async function budgetsOf(tenantId: string): Promise<{ all: Budget[]; keyId: string }> {
  const keyId = newId();
  const all = await Promise.all([
    budgets.create(tenantId, { limit_usd: LIMIT }),
    budgets.create(tenantId, { limit_usd: LIMIT * 2, period: 'month' }),
    budgets.create(tenantId, { limit_usd: LIMIT / 2, scope: 'user', subject: 'ada' }),
    budgets.create(tenantId, { limit_usd: LIMIT / 2, scope: 'user', subject: 'bob', period: 'hour' }),
    budgets.create(tenantId, { limit_usd: LIMIT / 2, scope: 'agent', subject: 'cherry', period: 'total' }),
    budgets.create(tenantId, { limit_usd: LIMIT / 2, scope: 'agent', subject: 'dungeon', period: 'week' }),
    budgets.create(tenantId, { limit_usd: LIMIT / 2, scope: 'key', subject: keyId }),
  ]);
  return { all, keyId };
}

describe('budgets that many ask at once', () => {
  test('are never passed, and used to the last cent', async () => {
    const tenantId = await budgets.tenant();
    const budget = await budgets.create(tenantId, { limit_usd: LIMIT });
    const call = async () => {
      const callId = newId();
      const refusal = await reserveBudgets(budgets.database, { tenantId, callId, amount: 0.01 }, EXPIRES_IN_SECONDS);
      return refusal === undefined;
    };
    const calls = Promise.all(Array.from({ length: 800 }, call));
    expect(await watched(tenantId, calls)).toBeGreaterThan(0);
    expect((await calls).filter(Boolean)).toHaveLength(LIMIT * 100);
    expect(await budgets.state(budget, tenantId)).toEqual({ spent: 0, reserved: LIMIT, remaining: 0 });
  });

  test('are never passed by those who waited for the same row', async () => {
    const tenantId = await budgets.tenant();
    const budget = await budgets.create(tenantId, { limit_usd: 1 });
    const callers = 20;
    const holder = budgets.database.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('UPDATE budgets SET reserved = 0.2 WHERE id = $1', [budget.id]);
    const calls = Promise.all(
      Array.from({ length: callers }, () =>
        reserveBudgets(budgets.database, { tenantId, callId: newId(), amount: 0.2 }, EXPIRES_IN_SECONDS),
      ),
    );
    await waitFor(async () => {
      const [row] = await holder.query(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row.waiting === callers;
    });
    await holder.commitTransaction();
    await holder.release();
    expect((await calls).filter((refusal) => refusal === undefined)).toHaveLength(4);
    expect(await budgets.state(budget, tenantId)).toEqual({ spent: 0, reserved: 1, remaining: 0 });
  });

  test('do not wait for each other in a circle, whatever calls they share', async () => {
    const tenantId = await budgets.tenant();
    const { all, keyId } = await budgetsOf(tenantId);
    const charged = new Map(all.map(({ id }) => [id, 0]));
    const charge = (call: { userId: string; agent: string; apiKeyId: string | null }, cost: number) => {
      for (const { id, scope, subject } of all) {
        const mine = scope === 'tenant' || [call.userId, call.agent, call.apiKeyId].includes(subject);
        if (mine) charged.set(id, (charged.get(id) ?? 0) + cost);
      }
    };
    const caller = async () => {
      for (let calls = 0; calls < 25; calls += 1) {
        const apiKeyId = pick([keyId, null]);
        const call = { tenantId, userId: pick(['ada', 'bob']), agent: pick(['cherry', 'dungeon']), apiKeyId };
        const callId = newId();
        const amount = cents(10);
        if (await reserveBudgets(budgets.database, { ...call, callId, amount }, EXPIRES_IN_SECONDS)) continue;
        const cost = Math.min(amount, cents(4));
        await settleBudgets(budgets.database, [{ id: callId, cost, input_tokens: 1, output_tokens: 1 }]);
        charge(call, cost);
      }
    };
    expect(await watched(tenantId, Promise.all(Array.from({ length: 24 }, caller)))).toBeGreaterThan(0);
    for (const budget of all) {
      const state = await budgets.state(budget, tenantId);
      expect(state.reserved).toBe(0);
      expect(state.spent).toBeCloseTo(charged.get(budget.id) ?? Number.NaN, 9);
    }
    expect([...charged.values()].reduce((sum, spent) => sum + spent, 0)).toBeGreaterThan(LIMIT);
  });
});

describe('budgets of callers that die', () => {
  /** How far a call comes; what is left of it then is for others to find. */
  const ENDS = [
    'before it is made',
    'while it is made',
    'after its commit',
    'never: it settles',
    'never: it settles twice',
    'never: it comes too late',
    'never: it takes its commit back and tries again',
  ] as const;

  test('are never passed, wherever that is, and everything that was spent is charged in the end', async () => {
    const tenantId = await budgets.tenant();
    const { all, keyId } = await budgetsOf(tenantId);
    const spent: { ids: string[]; cost: number }[] = [];

    const live = async () => {
      const call = { tenantId, userId: pick(['ada', 'bob']), agent: pick(['cherry', 'dungeon']), apiKeyId: keyId };
      const [callId, amount] = [newId(), cents(8)];
      if (await reserveBudgets(budgets.database, { ...call, callId, amount }, EXPIRES_IN_SECONDS)) return;
      const subjects = [call.userId, call.agent, keyId, null];
      const ids = all.filter(({ subject }) => subjects.includes(subject)).map(({ id }) => id);
      const cost = Math.min(amount, cents(8));
      const row = rowOf(callId, cost);
      const commit = () => recordUsage(budgets.database, { tenantId }, row);
      const settle = () => settleBudgets(budgets.database, [row]);
      const charged = (known: number) => spent.push({ ids, cost: known });
      switch (pick(ENDS)) {
        case 'before it is made':
        case 'while it is made':
          charged(amount);
          return;
        case 'after its commit':
          await commit();
          charged(cost);
          return;
        case 'never: it settles':
          await commit();
          await settle();
          charged(cost);
          return;
        case 'never: it settles twice':
          await commit();
          await Promise.all([settle(), settle()]);
          charged(cost);
          return;
        case 'never: it comes too late':
          await budgets.expire([callId]);
          await sweepBudgetReservations(budgets.database);
          await settle();
          charged(amount);
          return;
        case 'never: it takes its commit back and tries again': {
          const failed = budgets.database.transaction(async (transaction) => {
            await recordUsage(transaction, { tenantId }, row);
            await settleBudgets(transaction, [row]);
            throw new Error('the worker lost its connection');
          });
          await expect(failed).rejects.toThrow('lost its connection');
          await budgets.database.transaction(async (transaction) => {
            await recordUsage(transaction, { tenantId }, row);
            await settleBudgets(transaction, [row]);
          });
          charged(cost);
        }
      }
    };
    const caller = async () => {
      for (let calls = 0; calls < 20; calls += 1) await live();
    };
    expect(await watched(tenantId, Promise.all(Array.from({ length: 20 }, caller)))).toBeGreaterThan(0);

    await budgets.expire();
    while (await sweepBudgetReservations(budgets.database));
    for (const budget of all) {
      const total = spent.reduce((sum, { ids, cost }) => sum + (ids.includes(budget.id) ? cost : 0), 0);
      const state = await budgets.state(budget, tenantId);
      expect(state.reserved).toBe(0);
      expect(state.spent).toBeCloseTo(total, 9);
      expect(state.spent).toBeLessThanOrEqual(budget.limit_usd);
    }
  });

  test.each(['everything', 'answers'] as const)(
    'hold back nothing, or what the sweep finds, when the connection goes silent (no %s)',
    async (what) => {
      const tenantId = await budgets.tenant();
      const budget = await budgets.create(tenantId, { limit_usd: 1 });
      const proxy = await startTcpProxy(budgets.server.url);
      const remote = await connectTo(proxy.url, 2, 1_000);
      await remote.ping();
      proxy.freeze(what);
      const callId = newId();
      const asked = reserveBudgets(remote, { tenantId, callId, amount: 0.6 }, EXPIRES_IN_SECONDS);
      await expect(asked).rejects.toMatchObject({ code: 'database_unavailable' });
      const { reserved } = await budgets.state(budget, tenantId);
      expect([0, 0.6]).toContain(reserved);
      // The caller was told nothing: it asks again, and holds back once.
      await reserveBudgets(budgets.database, { tenantId, callId, amount: 0.6 }, EXPIRES_IN_SECONDS);
      expect(await budgets.state(budget, tenantId)).toMatchObject({ reserved: 0.6 });
      proxy.thaw();
      await budgets.expire([callId]);
      await sweepBudgetReservations(budgets.database);
      expect(await budgets.state(budget, tenantId)).toEqual({ spent: 0.6, reserved: 0, remaining: 0.4 });
      await remote.close();
      await proxy.close();
    },
  );
});

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > until) throw new Error('It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function rowOf(id: string, cost: number) {
  return ledgerRow({
    id,
    purpose: 'turn',
    model: 'a/b',
    outcome: 'completed',
    usage: {
      inputTokens: 1,
      outputTokens: 1,
      cachedInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningTokens: 0,
      estimated: false,
    },
    price: { cost, priceVersion: 'test' },
  });
}
