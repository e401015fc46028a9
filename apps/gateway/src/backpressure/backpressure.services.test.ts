import { afterEach, describe, expect, test } from '@jest/globals';
import { loadSettings } from '@troupe/config';
import { newId } from '@troupe/contracts';
import { answer } from '@troupe/testing';
import { eventually } from '../gateway.test-events.js';
import { type CallOptions, type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';
import type { Limits } from './limits.js';

const AMPLE: Limits = {
  queuedRunsPerTenant: 10_000,
  queuedRuns: 10_000,
  connectionWaitMs: 20_000,
  eventLoopDelayMs: 20_000,
};
const BODY = { message: 'Hello', background: true };

let gateway: GatewayHarness;
afterEach(() => gateway?.stop());

async function start(limits: Partial<Limits>): Promise<void> {
  gateway = await startGatewayForTest({ limits: { ...AMPLE, ...limits } });
  // Runs stay where they are, in the queue.
  gateway.worker.pause();
}

function ask(options: CallOptions = {}): Promise<Response> {
  return gateway.call('POST', '/api/llm/interact', { body: BODY, ...options });
}

async function statusesOf(responses: Promise<Response>[]): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  for (const response of await Promise.all(responses)) {
    statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    await response.arrayBuffer();
  }
  return statuses;
}

async function rows(table: string): Promise<number> {
  const [row] = await gateway.database.dataSource.query(`SELECT count(*)::int AS count FROM ${table}`);
  return row.count;
}

describe('a tenant with too many queued runs', () => {
  test('is refused before anything is stored, however fast it asks, and told when to come back', async () => {
    await start({ queuedRunsPerTenant: 10 });
    expect(await statusesOf(Array.from({ length: 100 }, () => ask()))).toEqual({ 202: 10, 429: 90 });
    expect([await rows('runs'), await rows('threads'), await rows('messages')]).toEqual([10, 10, 10]);

    const headers = { 'idempotency-key': newId() };
    const refused = await ask({ headers });
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(await refused.json()).toMatchObject({
      code: 'queue_full',
      status: 429,
      detail: expect.stringContaining('MAX_QUEUED_RUNS_PER_TENANT'),
    });
    expect(await rows('idempotency_keys')).toBe(0);
  });

  test('is refused on every way to start a run, and not what it does besides', async () => {
    await start({ queuedRunsPerTenant: 1 });
    expect((await ask()).status).toBe(202);
    for (const [path, body] of [
      ['/api/llm/interact', { message: 'Hello' }],
      ['/api/llm/interact', { message: 'Hello', stream: true }],
      ['/api/agents/cherry/run', { input: 'Hello' }],
      ['/api/agents/cherry/stream', { input: 'Hello', session_id: newId() }],
    ] as const) {
      const refused = await gateway.call('POST', path, { body });
      expect([path, refused.status]).toEqual([path, 429]);
      expect(await refused.json()).toMatchObject({ code: 'queue_full' });
    }
    gateway.model.enqueue(answer('Hi.'));
    const direct = await gateway.call('POST', '/api/llm/direct', { body: [{ role: 'user', content: 'Hello' }] });
    expect(direct.status).toBe(200);
    expect((await gateway.call('POST', '/api/chats', { body: {} })).status).toBe(201);
  });

  test('does not stand in the way of another one', async () => {
    await start({ queuedRunsPerTenant: 2 });
    const agent = { name: 'Other', slug: 'other', definition: { role: 'You are another.' } };
    await gateway.call('POST', '/api/agents', { body: agent, key: gateway.otherTenantKey });
    expect(await statusesOf([ask(), ask(), ask()])).toEqual({ 202: 2, 429: 1 });
    const other = await ask({ body: { ...BODY, persona_id: 'other' }, key: gateway.otherTenantKey });
    expect(other.status).toBe(202);
  });

  test('may ask again once its runs have begun', async () => {
    await start({ queuedRunsPerTenant: 3 });
    expect(await statusesOf([ask(), ask(), ask(), ask()])).toEqual({ 202: 3, 429: 1 });
    gateway.model.enqueue(...Array.from({ length: 4 }, () => answer('Hi.')));
    gateway.worker.resume();
    expect(await eventually(async () => ((await ask()).status === 202 ? 'taken' : undefined))).toBe('taken');
  });

  test('has those counted that others let in', async () => {
    await start({ queuedRunsPerTenant: 50 });
    expect((await ask()).status).toBe(202);
    const copies = Array.from({ length: 60 }, () => newId());
    await gateway.database.dataSource.query(
      `INSERT INTO threads (id, tenant_id) SELECT unnest($1::uuid[]), id FROM tenants WHERE slug = 'default'`,
      [copies],
    );
    await gateway.database.dataSource.query(
      `INSERT INTO runs (id, tenant_id, thread_id, agent_id, agent_version, agent, model, status, deadline_at,
          input_message_id, head_message_id, next_wake_at)
        SELECT copy, tenant_id, copy, agent_id, agent_version, agent, model, 'queued', deadline_at,
          input_message_id, head_message_id, next_wake_at
        FROM runs, unnest($1::uuid[]) AS copy`,
      [copies],
    );
    const refused = await eventually(async () => {
      const response = await ask();
      return response.status === 429 ? response : undefined;
    });
    expect(await refused.json()).toMatchObject({ code: 'queue_full' });
    // Until the next look a few more pass.
    expect(await rows('runs')).toBeLessThan(61 + 50);
  });
});

test('too many queued runs of all tenants refuse everybody, which /readyz tells and /livez does not', async () => {
  await start({ queuedRuns: 5 });
  expect(await statusesOf(Array.from({ length: 20 }, () => ask()))).toEqual({ 202: 5, 503: 15 });
  const refused = await ask();
  expect(refused.headers.get('retry-after')).toBe('2');
  expect(await refused.json()).toMatchObject({
    code: 'server_overloaded',
    detail: expect.stringContaining('MAX_QUEUED_RUNS'),
  });
  expect(await rows('runs')).toBe(5);
  const ready = await gateway.call('GET', '/readyz?verbose', { key: null });
  expect([ready.status, await ready.json()]).toMatchObject([
    200,
    { checks: { load: { ok: false, detail: expect.stringContaining('MAX_QUEUED_RUNS') } } },
  ]);
  expect((await gateway.call('GET', '/livez', { key: null })).status).toBe(200);
});

test('a pool whose connections are waited for too long refuses runs and direct calls at once', async () => {
  await start({ connectionWaitMs: 100 });
  const { database } = gateway;
  const sleep = { name: 'test-sleep', text: 'SELECT pg_sleep(0.5)' };
  const asking = new AbortController();
  // More at once than the pool has connections, so that there is always one who waits.
  const askers = Array.from({ length: 24 }, async () => {
    while (!asking.signal.aborted) await database.query(sleep, []);
  });
  const refused = await eventually(async () => {
    const response = await ask();
    return response.status === 503 ? response : undefined;
  });
  expect(await refused.json()).toMatchObject({
    code: 'server_overloaded',
    detail: expect.stringContaining('MAX_CONNECTION_WAIT_MS'),
  });
  const stored = await rows('runs');
  const direct = await gateway.call('POST', '/api/llm/direct', { body: [{ role: 'user', content: 'Hello' }] });
  expect([direct.status, await direct.json()]).toMatchObject([503, { code: 'server_overloaded' }]);
  expect((await ask()).status).toBe(503);
  expect((await gateway.call('GET', '/livez', { key: null })).status).toBe(200);
  asking.abort();
  await Promise.all(askers);
  expect(await rows('runs')).toBe(stored);
  await eventually(async () => ((await ask()).status === 202 ? true : undefined));
}, 60_000);

test('300 runs that one tenant starts in the same moment are taken with the default settings', async () => {
  const { backpressure } = loadSettings(['backpressure'], {});
  gateway = await startGatewayForTest({ limits: backpressure });
  gateway.worker.pause();
  expect(await statusesOf(Array.from({ length: 300 }, () => ask()))).toEqual({ 202: 300 });
  expect(await rows('runs')).toBe(300);
});
