import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AcceptedRun } from '@troupe/contracts';
import { Database } from '@troupe/database';
import { createLogger, Metrics } from '@troupe/observability';
import { createTestDatabase, type TestDatabase } from '@troupe/testing';
import type { Admission } from '../backpressure/admission.js';
import { createAdmission } from '../backpressure/create-admission.js';
import { ProcessLoad } from '../backpressure/process-load.js';
import { eventually } from '../gateway.test-events.js';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';
import { Readiness } from './readiness.js';

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
});
afterAll(() => gateway.stop());

describe('operations', () => {
  test('live and ready need no key', async () => {
    expect(await (await gateway.call('GET', '/livez', { key: null })).json()).toMatchObject({ status: 'ok' });
    const ready = await gateway.call('GET', '/readyz', { key: null });
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok' }]);
  });

  test('verbose lists each check', async () => {
    const report = await (await gateway.call('GET', '/readyz?verbose', { key: null })).json();
    expect(report).toMatchObject({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      checks: { postgres: { ok: true }, redis: { ok: true }, accepting: { ok: true }, load: { ok: true } },
    });
  });

  test('metrics count the jobs of every queue, for programs on this machine', async () => {
    const response = await gateway.call('GET', '/metrics', { key: null });
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    for (const queue of ['llm', 'tools', 'memory', 'summaries']) {
      expect(text).toContain(`troupe_queue_jobs{queue="${queue}",state="waiting"}`);
    }
    for (const service of ['postgres', 'redis']) expect(text).toContain(`troupe_service_up{service="${service}"} 1`);
    expect(text).toContain('troupe_oldest_due_run_seconds 0');
    expect(text).toContain('troupe_http_request_duration_seconds');
  });

  test('metrics tell how many runs wait, for what, and for how long', async () => {
    gateway.worker.pause();
    const ask = async (body: object): Promise<AcceptedRun> => {
      const accepted = await gateway.call('POST', '/api/llm/interact', { body: { background: true, ...body } });
      return (await accepted.json()) as AcceptedRun;
    };
    const { thread_id } = await ask({ message: 'First' });
    await ask({ message: 'Second', thread_id, multitask_strategy: 'enqueue' });
    const cancelled = await ask({ message: 'Third' });
    await gateway.call('POST', `/api/runs/${cancelled.run_id}/cancel`);
    const text = await eventually(async () => {
      const scraped = await (await gateway.call('GET', '/metrics', { key: null })).text();
      return /troupe_oldest_due_run_seconds 0\.\d*[1-9]/.test(scraped) ? scraped : undefined;
    });
    expect(text).toContain('troupe_runs{status="queued",waits_for="none"} 1');
    expect(text).toContain('troupe_runs{status="queued",waits_for="thread"} 1');
    expect(text).toContain('troupe_runs_completed_total{status="cancelled"} 1');
  });

  test('metrics are closed to who comes through a proxy without an admin key', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const statuses = [];
    for (const key of [null, gateway.userKey, gateway.key]) {
      statuses.push((await gateway.call('GET', '/metrics', { key, headers })).status);
    }
    expect(statuses).toEqual([401, 403, 200]);
  });
});

describe('readiness', () => {
  let server: TestDatabase;
  let database: Database;
  let admission: Admission;
  beforeAll(async () => {
    server = await createTestDatabase();
    const onConnectionError = () => undefined;
    database = await Database.connect({ url: server.url, poolSize: 1, applicationName: 'test', onConnectionError });
    const limits = { queuedRunsPerTenant: 1, queuedRuns: 1, connectionWaitMs: 60_000, eventLoopDelayMs: 60_000 };
    const logger = createLogger({ name: 'test', level: 'silent' });
    const load = new ProcessLoad({ limits, connectionWaitMs: () => 0 });
    admission = createAdmission({ database, limits, load, logger, metrics: new Metrics() });
  });

  test('a process that stops wants no requests', async () => {
    const readiness = new Readiness(database, gateway.commands, admission);
    expect((await readiness.report()).ready).toBe(true);
    readiness.drain();
    expect(await readiness.report()).toMatchObject({ ready: false, checks: { accepting: { ok: false } } });
  });

  test('without Redis work goes on', async () => {
    const away = gateway.commands.duplicate({ lazyConnect: true });
    const report = await new Readiness(database, away, admission).report();
    expect(report).toMatchObject({ ready: true, checks: { postgres: { ok: true }, redis: { ok: false } } });
  });

  test('without Postgres it does not', async () => {
    await database.close();
    await server.drop();
    const report = await new Readiness(database, gateway.commands, admission).report();
    expect(report).toMatchObject({ ready: false, checks: { postgres: { ok: false }, redis: { ok: true } } });
  });
});
