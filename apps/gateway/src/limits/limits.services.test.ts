import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Limit, LimitUsage, SourcedLimitRule } from '@troupe/contracts';
import { eventually } from '../gateway.test-events.js';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

const CONFIGURED: SourcedLimitRule[] = [
  { provider: 'scripted', model: 'family-*', tpm: 900, source: 'file' },
  { provider: 'scripted', model: 'family-*', tpm: 100, source: 'environment' },
  { provider: 'scripted', model: '*', rpm: 10, source: 'environment' },
];
const MODEL = { provider: 'scripted', model: 'model' };

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest({}, { configured: CONFIGURED });
});
afterAll(() => gateway?.stop());

beforeEach(async () => {
  await gateway.database.dataSource.query('TRUNCATE call_limits');
});

async function send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await gateway.call(method, path, { ...(body !== undefined && { body }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const set = (body: unknown) => send('PUT', '/api/limits', body);
const remove = (key: Record<string, string>) => send('DELETE', `/api/limits?${new URLSearchParams(key)}`);
const list = async () => ((await send('GET', '/api/limits')).body as { data: Limit[] }).data;
const state = async () => ((await send('GET', '/api/limits/state')).body as { data: LimitUsage[] }).data;
const modelsOfState = async () => (await state()).map(({ model }) => model);

describe('limits', () => {
  test('are listed in the order in which they are asked, with where they were set', async () => {
    await set({ ...MODEL, rpm: 5 });
    await set({ provider: 'scripted', model: '*', rpm: 20 });
    expect((await list()).map(({ model, source, in_effect }) => [model, source, in_effect])).toEqual([
      ['model', 'api', true],
      ['family-*', 'file', true],
      ['family-*', 'environment', false],
      ['*', 'api', true],
      ['*', 'environment', false],
    ]);
  });

  test('set again are replaced as a whole; null is an absent number', async () => {
    expect(await set({ ...MODEL, rpm: 5, tpm: 600 })).toEqual({
      status: 200,
      body: { ...MODEL, rpm: 5, tpm: 600, source: 'api', in_effect: true },
    });
    await set({ ...MODEL, account: null, rpm: null, max_concurrency: 3 });
    expect((await list())[0]).toEqual({ ...MODEL, max_concurrency: 3, source: 'api', in_effect: true });
  });

  test('of one account stand beside that of all', async () => {
    await set({ ...MODEL, rpm: 5 });
    await set({ ...MODEL, account: 'none', rpm: 6 });
    expect((await list()).slice(0, 2).map(({ account, rpm }) => [account, rpm])).toEqual([
      ['none', 6],
      [undefined, 5],
    ]);
    expect(await remove({ ...MODEL, account: 'none' })).toEqual({ status: 204, body: undefined });
    expect((await list())[0]).toMatchObject({ rpm: 5 });
  });

  test('hold in this process without waiting for its next look', async () => {
    await set({ provider: 'scripted', model: 'family-*', tpm: 700 });
    await eventually(async () => ((await modelsOfState()).includes('family-*') ? true : undefined));
    await set({ provider: 'scripted', model: 'family-b*', tpm: 800 });
    await eventually(async () => ((await modelsOfState()).includes('family-b*') ? true : undefined));
    await remove({ provider: 'scripted', model: 'family-b*' });
    await eventually(async () => ((await modelsOfState()).includes('family-b*') ? undefined : true));
  });
});

describe('runs that wait for a limit', () => {
  const SECONDS = 50;

  /** As a worker leaves a run that a limit holds. */
  async function heldRun(): Promise<string> {
    const body = { message: 'Hello', model: 'scripted/model', background: true };
    const accepted = (await send('POST', '/api/llm/interact', body)).body as { run_id: string };
    await gateway.database.dataSource.query(
      "UPDATE runs SET wait_kind = 'rate_limit', next_wake_at = now() + make_interval(secs => $2) WHERE id = $1",
      [accepted.run_id, SECONDS],
    );
    return accepted.run_id;
  }

  const wakesIn = async (id: string): Promise<number> => {
    const text = 'SELECT extract(epoch FROM next_wake_at - now())::float8 AS seconds FROM runs WHERE id = $1';
    const [row] = await gateway.database.dataSource.query(text, [id]);
    return row.seconds;
  };

  /** Whether a worker was rung for it since it was accepted. Of the queue's history, because a worker takes jobs at once. */
  async function isRung(id: string): Promise<true | undefined> {
    const events = await gateway.commands.xrevrange('bull:llm:events', '+', '-', 'COUNT', 1_000);
    return events.some(([, fields]) => fields.includes(`${id}-0-2`)) || undefined;
  }

  beforeEach(() => gateway.worker.pause());
  afterEach(() => gateway.worker.resume());

  test.each([
    ['is set', () => set({ ...MODEL, rpm: 500 }), 5],
    ['is removed', () => remove(MODEL), 5],
    ['is free of its pause', () => send('POST', '/api/limits/forgive', MODEL), 0],
  ])('ask again soon when it %s', async (_case, change, seconds) => {
    await set({ ...MODEL, rpm: 5 });
    const id = await heldRun();
    expect((await change()).status).toBeLessThan(300);
    expect(await wakesIn(id)).toBeLessThan(seconds + 2);
    await eventually(() => isRung(id));
  });

  test('sleep on when a limit of another model changes', async () => {
    const id = await heldRun();
    await set({ provider: 'scripted', model: 'other', rpm: 500 });
    expect(await wakesIn(id)).toBeGreaterThan(SECONDS - 10);
  });
});

describe('a limit that is refused', () => {
  test.each([
    ['without a provider', { model: 'model', rpm: 5 }, 'provider', 'provider is required.'],
    ['without a model', { provider: 'scripted', rpm: 5 }, 'model', 'model is required.'],
    ['without a number', MODEL, '', 'At least one of rpm, tpm, input_tpm, output_tpm, rpd, max_concurrency is needed.'],
    ['with nothing but null', { ...MODEL, rpm: null }, '', 'At least one of rpm, tpm'],
    ['with a zero', { ...MODEL, rpm: 0 }, 'rpm', 'rpm must not be less than 1'],
    ['with a text', { ...MODEL, tpm: '5' }, 'tpm', 'tpm must be an integer number'],
    ['with too much', { ...MODEL, rpd: 1e12 }, 'rpd', 'rpd must not be greater than 1000000000'],
    ['with a star inside', { provider: 'scripted', model: 'a*b', rpm: 5 }, 'model', 'one * at its end'],
    ['with a pattern of providers', { provider: '*', model: 'a', rpm: 5 }, 'provider', 'the id of one provider'],
    ['with an unknown field', { ...MODEL, rmp: 5 }, 'rmp', 'Did you mean'],
    ['for an account that is not there', { ...MODEL, account: 'x1', rpm: 5 }, 'account', 'There are none.'],
  ])('%s names the field', async (_case, body, field, message) => {
    const { status, body: problem } = await set(body);
    expect([status, problem]).toMatchObject([
      400,
      { code: 'invalid_request', errors: [{ field, message: expect.stringContaining(message) }] },
    ]);
    expect((await list()).filter(({ source }) => source === 'api')).toEqual([]);
  });

  test('for an unknown provider tells which may have been meant', async () => {
    const { status, body } = await set({ provider: 'scriptd', model: 'model', rpm: 5 });
    expect([status, body]).toMatchObject([
      400,
      {
        near_matches: ['scripted'],
        errors: [{ field: 'provider', message: 'There is no provider "scriptd". Did you mean scripted?' }],
      },
    ]);
  });
});

describe('a limit that cannot be removed', () => {
  test('because it was set elsewhere says where', async () => {
    const ofFile = await remove({ provider: 'scripted', model: 'family-*' });
    expect([ofFile.status, ofFile.body]).toMatchObject([
      404,
      { code: 'limit_not_found', source: 'file', detail: expect.stringContaining('TROUPE_LIMITS_FILE') },
    ]);
    expect((await remove({ provider: 'scripted', model: '*' })).body).toMatchObject({
      source: 'environment',
      detail: expect.stringContaining('the variable LIMITS'),
    });
  });

  test('because nobody set it tells which may have been meant', async () => {
    await set({ ...MODEL, rpm: 5 });
    expect(await remove({ provider: 'scripted', model: 'modle' })).toMatchObject({
      status: 404,
      body: { code: 'limit_not_found', near_matches: ['scripted/model'] },
    });
    expect(await remove({ provider: 'scripted' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'model' }] },
    });
  });

  test('shows the one of the file again once it hides none', async () => {
    await set({ provider: 'scripted', model: 'family-*', tpm: 1 });
    expect((await remove({ provider: 'scripted', model: 'family-*' })).status).toBe(204);
    expect((await list())[0]).toEqual({ ...CONFIGURED[0], in_effect: true });
  });
});

describe('the state of limits', () => {
  const family = { provider: 'scripted', account: 'none', model: 'family-*' };
  const call = (id: string) => ({
    id,
    tokens: { input: 300, output: 300 },
    tenant: 'default',
    priority: 'interactive' as const,
  });

  test('is told for each limit in effect and account', async () => {
    await set({ ...family, account: null, tpm: 90_000, max_concurrency: 1 });
    await set({ ...MODEL, rpd: 8, input_tpm: 500, output_tpm: 400 });
    await eventually(async () => (await state()).find(({ limits }) => limits.rpd === 8));
    // The limit was smaller a moment ago, and what is left of it is still coming.
    await eventually(async () => (await gateway.limiter.acquire(family, call('1'))).admitted || undefined);
    expect(await gateway.limiter.acquire(family, call('2'))).toMatchObject({
      admitted: false,
      dimension: 'concurrency',
    });
    const before = Date.now();
    await gateway.limiter.tighten({ ...family, model: 'model' }, { pauseMs: 60_000 });
    const [ofModel, ofFamily, ofAll] = await state();
    expect(ofModel).toMatchObject({
      ...{ model: 'model', account: 'none', limits: { rpd: 8, input_tpm: 500, output_tpm: 400 } },
      paused_until: expect.any(String),
    });
    expect(Date.parse(String(ofModel?.paused_until))).toBeGreaterThanOrEqual(before + 59_000);
    expect(ofFamily).toEqual({
      ...family,
      limits: { tpm: 90_000, max_concurrency: 1 },
      available: { tpm: expect.any(Number), concurrency: 0 },
      ...{ under_way: 1, waiting: 1, paused_until: null },
    });
    expect(ofAll).toMatchObject({
      model: '*',
      limits: { rpm: 10 },
      available: { rpm: expect.any(Number) },
      under_way: 0,
    });
    await gateway.limiter.leave(family, '2');
    await gateway.limiter.settle(family, '1', { input: 0, output: 0 });
  });

  test('loses the pause that is forgiven, under the name of any model of the family', async () => {
    await gateway.limiter.tighten(family, { pauseMs: 60_000 });
    expect((await gateway.limiter.state(family)).pausedUntil).not.toBeNull();
    const forgiven = await send('POST', '/api/limits/forgive', { provider: 'scripted', model: 'family-a' });
    expect(forgiven).toMatchObject({
      status: 200,
      body: { data: [{ model: 'family-*', account: 'none', paused_until: null }] },
    });
    expect((await gateway.limiter.state(family)).pausedUntil).toBeNull();
  });

  test('of a provider that is not there cannot be forgiven', async () => {
    expect(await send('POST', '/api/limits/forgive', { provider: 'scriptd', model: 'model' })).toMatchObject({
      status: 400,
      body: { near_matches: ['scripted'] },
    });
  });
});

describe('who may', () => {
  test.each([
    { method: 'GET', path: '/api/limits', done: 200 },
    { method: 'PUT', path: '/api/limits', body: { ...MODEL, rpm: 6 }, done: 200 },
    { method: 'DELETE', path: '/api/limits?provider=scripted&model=model', done: 204 },
    { method: 'GET', path: '/api/limits/state', done: 200 },
    { method: 'POST', path: '/api/limits/forgive', body: MODEL, done: 200 },
  ])('$method $path: only an administrator of the first tenant', async ({ method, path, body, done }) => {
    await set({ ...MODEL, rpm: 5 });
    const statuses: number[] = [];
    for (const key of [null, gateway.userKey, gateway.otherTenantKey, gateway.key]) {
      const response = await gateway.call(method, path, { key, ...(body !== undefined && { body }) });
      await response.text();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([401, 403, 403, done]);
  });

  test("another tenant's administrator is told why not", async () => {
    const refused = await gateway.call('GET', '/api/limits', { key: gateway.otherTenantKey });
    expect(await refused.json()).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('whole installation'),
    });
  });
});
