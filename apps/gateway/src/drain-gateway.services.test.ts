import { connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { InteractResponse, RunResult } from '@troupe/contracts';
import { readRun } from '@troupe/database';
import { answer } from '@troupe/testing';
import { eventually } from './gateway.test-events.js';
import { type GatewayHarness, startGatewayForTest } from './gateway.test-harness.js';

let gateway: GatewayHarness;

afterEach(() => gateway.stop());

async function stopped(): Promise<number> {
  const begin = performance.now();
  await gateway.stopGateway();
  return performance.now() - begin;
}

async function startInBackground(): Promise<string> {
  const body = { message: 'Hello', background: true };
  return ((await (await gateway.call('POST', '/api/llm/interact', { body })).json()) as InteractResponse).run_id;
}

function refusesConnections(): Promise<boolean> {
  const { port, hostname } = new URL(gateway.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once('error', () => resolve(true));
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
  });
}

async function statusOfRun(runId: string): Promise<RunResult['run']['status']> {
  const [row] = await gateway.database.query<{ tenant_id: string }>(
    { name: 'test-run-tenant', text: 'SELECT tenant_id FROM runs WHERE id = $1' },
    [runId],
  );
  return (await readRun(gateway.database, row?.tenant_id ?? '', runId)).run.status;
}

test('with nothing open it stops at once, connections that are kept alive or not', async () => {
  gateway = await startGatewayForTest({ drainSeconds: 20 });
  await (await gateway.call('GET', '/api/agents')).json();
  expect(await stopped()).toBeLessThan(1_000);
  expect(await refusesConnections()).toBe(true);
});

test('a few streams end at once, cleanly and with a hint to come back', async () => {
  gateway = await startGatewayForTest({ drainSeconds: 20 });
  gateway.worker.pause();
  const id = await startInBackground();
  const readers = await Promise.all([1, 2, 3].map(() => gateway.call('GET', `/api/runs/${id}/events`)));
  const texts = Promise.all(readers.map((reader) => reader.text()));
  expect(await stopped()).toBeLessThan(1_000);
  for (const text of await texts) expect(text).toMatch(/retry: \d{4}\n\n$/);
});

test('many end spread over the time', async () => {
  gateway = await startGatewayForTest({ drainSeconds: 4 });
  gateway.worker.pause();
  const id = await startInBackground();
  const readers = await Promise.all(Array.from({ length: 400 }, () => gateway.call('GET', `/api/runs/${id}/events`)));
  const ends: number[] = [];
  const read = Promise.all(
    readers.map(async (reader) => {
      const text = await reader.text();
      ends.push(performance.now());
      return text;
    }),
  );
  expect(await stopped()).toBeLessThan(4_000);
  expect((await read).every((text) => text.includes('retry:'))).toBe(true);
  const first = Math.min(...ends);
  expect(Math.max(...ends) - first).toBeGreaterThan(500);
  expect(ends.filter((end) => end - first < 50).length).toBeLessThan(200);
});

test('who waits is told the run, which goes on, in time', async () => {
  gateway = await startGatewayForTest({ drainSeconds: 2 });
  gateway.worker.pause();
  gateway.model.enqueue(answer('Late.'));
  const waiting = gateway.call('POST', '/api/llm/interact', { body: { message: 'Hello' } });
  const run = await eventually(async () => {
    const rows = await gateway.database.query<{ id: string }>({ name: 'test-runs', text: 'SELECT id FROM runs' }, []);
    return rows[0];
  });
  const took = stopped();
  const response = await waiting;
  expect(response.status).toBe(503);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({
    code: 'server_stopping',
    detail: expect.stringContaining(run.id),
    run_id: run.id,
    thread_id: expect.any(String),
  });
  expect(await took).toBeLessThan(2_500);
  gateway.worker.resume();
  await eventually(async () => ((await statusOfRun(run.id)) === 'completed' ? true : undefined));
});

test('who waits for a run that ends in time gets its answer', async () => {
  gateway = await startGatewayForTest({ drainSeconds: 20 });
  gateway.worker.pause();
  gateway.model.enqueue(answer('In time.'));
  const waiting = gateway.call('POST', '/api/llm/interact', { body: { message: 'Hello' } });
  await eventually(async () => {
    const rows = await gateway.database.query({ name: 'test-runs', text: 'SELECT id FROM runs' }, []);
    return rows[0];
  });
  const took = stopped();
  gateway.worker.resume();
  expect(await (await waiting).json()).toMatchObject({ response: 'In time.' });
  expect(await took).toBeLessThan(5_000);
});

test('where readiness is asked for, requests are answered until the asker has noticed', async () => {
  gateway = await startGatewayForTest({ drainSeconds: 4 });
  expect((await gateway.call('GET', '/readyz')).status).toBe(200);
  const took = stopped();
  await eventually(async () => ((await gateway.call('GET', '/readyz')).status === 503 ? true : undefined));
  const served = await gateway.call('GET', '/api/agents');
  expect([served.status, served.headers.get('connection')]).toEqual([200, 'close']);
  expect(await refusesConnections()).toBe(false);
  const ms = await took;
  expect(ms).toBeGreaterThan(900);
  expect(ms).toBeLessThan(2_500);
  expect(await refusesConnections()).toBe(true);
});

test('who does not read, or does not finish to send, is cut off at the end', async () => {
  gateway = await startGatewayForTest({ drainSeconds: 1 });
  const { port, hostname } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.once('error', () => undefined);
  socket.write(
    `POST /api/llm/interact HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.key}\r\n` +
      'content-type: application/json\r\ncontent-length: 100\r\n\r\n{"message"',
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  const ms = await stopped();
  expect(ms).toBeGreaterThan(900);
  expect(ms).toBeLessThan(2_000);
  await closed;
});
