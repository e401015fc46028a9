import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Budget, newId, type Page } from '@troupe/contracts';
import { findApiKey, reserveBudgets, settleBudgets } from '@troupe/database';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
});
afterAll(() => gateway?.stop());

async function json<Body>(method: string, path: string, body?: unknown, key = gateway.key): Promise<[number, Body]> {
  const response = await gateway.call(method, path, { body, key });
  return [response.status, (await response.json()) as Body];
}

const budgetBody = () => ({ scope: 'user', subject: newId(), period: 'day', limit_usd: 5 });

async function created(body: object = budgetBody()): Promise<Budget> {
  const [status, budget] = await json<Budget>('POST', '/api/budgets', body);
  expect([status, budget]).toEqual([201, expect.objectContaining(body)]);
  return budget;
}

describe('budgets', () => {
  test('are made, read with what is left, changed, listed and deleted', async () => {
    const budget = await created();
    expect(budget).toEqual({
      id: expect.any(String),
      scope: 'user',
      subject: budget.subject,
      period: 'day',
      limit_usd: 5,
      unpriced: 'allow',
      spent: 0,
      reserved: 0,
      remaining: 5,
      period_start: expect.any(String),
      resets_at: expect.stringMatching(/T00:00:00\.000Z$/),
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });

    const owner = await findApiKey(gateway.database, gateway.key);
    const call = { tenantId: owner?.tenantId ?? '', userId: budget.subject };
    const [first, second] = [newId(), newId()];
    for (const callId of [first, second]) await reserveBudgets(gateway.database, { ...call, callId, amount: 1 }, 60);
    await settleBudgets(gateway.database, [{ id: first, cost: 0.25, input_tokens: 1, output_tokens: 1 }]);
    const path = `/api/budgets/${budget.id}`;
    expect(await json('GET', path)).toEqual([200, { ...budget, spent: 0.25, reserved: 1, remaining: 3.75 }]);

    const [status, changed] = await json<Budget>('PATCH', path, { limit_usd: 1, unpriced: 'refuse' });
    expect([status, changed]).toMatchObject([200, { limit_usd: 1, unpriced: 'refuse', spent: 0.25, remaining: 0 }]);
    expect(await json('PATCH', path, { limit_usd: null })).toEqual([
      200,
      { ...changed, updated_at: expect.any(String) },
    ]);

    const newer = await created();
    const [, page] = await json<Page<Budget>>('GET', '/api/budgets?limit=1');
    expect(page).toMatchObject({ data: [{ id: newer.id }], next_cursor: newer.id });
    const [, rest] = await json<Page<Budget>>('GET', `/api/budgets?limit=1&cursor=${newer.id}`);
    expect(rest.data).toEqual([{ ...changed, updated_at: expect.any(String) }]);

    expect((await gateway.call('DELETE', path)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      expect(await json(method, path)).toEqual([404, expect.objectContaining({ code: 'budget_not_found' })]);
    }
  });

  test('there is one of a scope, subject and period', async () => {
    const { scope, subject, period } = await created();
    const [status, problem] = await json('POST', '/api/budgets', { scope, subject, period, limit_usd: 1 });
    expect([status, problem]).toEqual([409, expect.objectContaining({ code: 'budget_exists' })]);
    await created({ scope, subject, period: 'month', limit_usd: 1 });
  });

  test('take the default where a field is null', async () => {
    const body = { scope: 'user', subject: newId(), period: 'day', limit_usd: 1, unpriced: null };
    expect(await json<Budget>('POST', '/api/budgets', body)).toMatchObject([201, { unpriced: 'allow' }]);
  });

  test('may be for the whole tenant, an agent or a key', async () => {
    const tenant = await created({ scope: 'tenant', period: 'total', limit_usd: 0 });
    expect(tenant).toMatchObject({ subject: null, resets_at: null, remaining: 0 });
    await created({ scope: 'agent', subject: 'cherry', period: 'week', limit_usd: 0.5 });
    const key = newId();
    const [, budget] = await json<Budget>('POST', '/api/budgets', {
      scope: 'key',
      subject: key.toUpperCase(),
      period: 'hour',
      limit_usd: 1,
    });
    expect(budget.subject).toBe(key);
  });

  test.each([
    ['no scope', { scope: undefined }, 'scope'],
    ['a scope that is none', { scope: 'team' }, 'scope'],
    ['a subject for the tenant', { scope: 'tenant' }, 'subject'],
    ['no subject for a user', { subject: undefined }, 'subject'],
    ['a blank subject', { subject: ' ' }, 'subject'],
    ['a key that is no id', { scope: 'key', subject: 'trp_secret' }, 'subject'],
    ['a period that is none', { period: 'year' }, 'period'],
    ['a negative limit', { limit_usd: -1 }, 'limit_usd'],
    ['a limit in words', { limit_usd: '5' }, 'limit_usd'],
    ['no limit', { limit_usd: undefined }, 'limit_usd'],
    ['a limit beyond reason', { limit_usd: 1e12 }, 'limit_usd'],
    ['a policy that is none', { unpriced: 'maybe' }, 'unpriced'],
    ['a field that is none', { limit: 5 }, 'limit'],
  ])('are refused with %s', async (_case, changes, field) => {
    const [status, problem] = await json('POST', '/api/budgets', { ...budgetBody(), ...changes });
    expect([status, problem]).toEqual([
      400,
      expect.objectContaining({ code: 'invalid_request', errors: [expect.objectContaining({ field })] }),
    ]);
  });

  test('keep scope, subject and period for good', async () => {
    const { id } = await created();
    expect((await json('PATCH', `/api/budgets/${id}`, { period: 'week' }))[0]).toBe(400);
  });
});

describe('who may see and set budgets', () => {
  const ROUTES = [
    ['GET', () => '/api/budgets', undefined],
    ['POST', () => '/api/budgets', budgetBody],
    ['GET', (id: string) => `/api/budgets/${id}`, undefined],
    ['PATCH', (id: string) => `/api/budgets/${id}`, () => ({ limit_usd: 1_000 })],
    ['DELETE', (id: string) => `/api/budgets/${id}`, undefined],
  ] as const;

  test.each(ROUTES)('%s needs an admin key', async (method, pathOf, bodyOf) => {
    const { id } = await created();
    const body = bodyOf?.();
    const user = await gateway.call(method, pathOf(id), { body, key: gateway.userKey });
    expect([user.status, await user.json()]).toMatchObject([403, { code: 'forbidden' }]);
    expect((await gateway.call(method, pathOf(id), { body, key: null })).status).toBe(401);
    expect(await json('GET', `/api/budgets/${id}`)).toMatchObject([200, { limit_usd: 5 }]);
  });

  test("an administrator of another tenant finds none of this one's", async () => {
    const { id } = await created();
    const key = gateway.otherTenantKey;
    expect(await json('GET', '/api/budgets', undefined, key)).toEqual([200, { data: [], next_cursor: null }]);
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { limit_usd: 1 }],
      ['DELETE', undefined],
    ] as const) {
      const [status, problem] = await json(method, `/api/budgets/${id}`, body, key);
      expect([status, problem]).toEqual([404, expect.objectContaining({ code: 'budget_not_found' })]);
    }
    expect(await json('GET', `/api/budgets/${id}`)).toMatchObject([200, { limit_usd: 5 }]);
  });

  test.each(['nothing', '123', `${newId()}0`])('no budget is called %s', async (id) => {
    expect(await json('GET', `/api/budgets/${id}`)).toMatchObject([404, { code: 'budget_not_found' }]);
  });
});
