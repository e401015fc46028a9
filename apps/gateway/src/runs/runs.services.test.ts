import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  formatEventId,
  type InteractResponse,
  newId,
  type Page,
  type RunResult,
  type RunStep,
} from '@troupe/contracts';
import { EventRetention } from '@troupe/database';
import { answer } from '@troupe/testing';
import { eventsOf, eventually } from '../gateway.test-events.js';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
});

afterAll(() => gateway?.stop());

async function start(): Promise<string> {
  const response = await gateway.call('POST', '/api/llm/interact', { body: { message: 'Hello', background: true } });
  return ((await response.json()) as InteractResponse).run_id;
}

async function read<Body>(path: string): Promise<Body> {
  return (await (await gateway.call('GET', path)).json()) as Body;
}

function eventsAfter(runId: string, headers: Record<string, string> = {}, query = ''): Promise<Response> {
  return gateway.call('GET', `/api/runs/${runId}/events${query}`, { headers });
}

test('a run has its state, its answer, its events and its steps', async () => {
  gateway.model.enqueue(answer('One two three.'));
  const id = await start();
  const events = await eventsOf(await eventsAfter(id));
  expect(events[0]?.type).toBe('run.queued');
  expect(events.at(-1)?.type).toBe('run.completed');
  expect(await read<RunResult>(`/api/runs/${id}`)).toMatchObject({
    run: { id, status: 'completed', agent: 'assistant', model: 'scripted/model', usage: { total_tokens: 15 } },
    response: 'One two three.',
  });
  expect(await read<Page<RunStep>>(`/api/runs/${id}/steps`)).toMatchObject({
    data: [{ run_id: id, index: 0, kind: 'model', tool_calls: [], usage: { total_tokens: 15 } }],
    next_cursor: null,
  });
});

test('a reader goes on after any event, by header or query, and the body ends', async () => {
  gateway.model.enqueue(answer('One two three.'));
  const id = await start();
  const all = await eventsOf(await eventsAfter(id));
  for (const [index, event] of all.entries()) {
    const cursor = formatEventId(event.id);
    expect(await eventsOf(await eventsAfter(id, { 'last-event-id': cursor }))).toEqual(all.slice(index + 1));
    expect(await eventsOf(await eventsAfter(id, {}, `?after=${cursor}`))).toEqual(all.slice(index + 1));
  }
});

test('several readers follow a run that has not begun', async () => {
  gateway.worker.pause();
  gateway.model.enqueue(answer('One two three.'));
  const id = await start();
  const readers = await Promise.all([eventsAfter(id), eventsAfter(id), eventsAfter(id, { 'last-event-id': '0-1' })]);
  gateway.worker.resume();
  const [first, second, third] = await Promise.all(readers.map(eventsOf));
  expect(first?.at(-1)?.type).toBe('run.completed');
  expect(second).toEqual(first);
  expect(third).toEqual(first?.slice(1));
});

test.each(['nonsense', '1', '-1-2', '1-2-3'])('%s is no event to go on after', async (cursor) => {
  gateway.model.enqueue(answer('Hi.'));
  const id = await start();
  const response = await eventsAfter(id, { 'last-event-id': cursor });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'invalid_request', errors: [{ field: 'Last-Event-ID' }] });
  await eventsOf(await eventsAfter(id));
});

test('a cursor beyond the log of a run that goes on waits for what passes it, and the body ends with the run', async () => {
  gateway.worker.pause();
  gateway.model.enqueue(answer('One two three.'));
  const id = await start();
  const [all, next, none] = await Promise.all([
    eventsAfter(id),
    eventsAfter(id, { 'last-event-id': '1-2' }),
    eventsAfter(id, { 'last-event-id': '9-9' }),
  ]);
  gateway.worker.resume();
  const events = await eventsOf(all);
  expect(await eventsOf(next)).toEqual(events.filter(({ id: { attempt, n } }) => attempt === 1 && n > 2));
  expect(await eventsOf(none)).toEqual([]);
});

test('readers of a run whose events were removed get its outcome instead, and go on from there', async () => {
  gateway.model.enqueue(answer('One two three.'));
  const id = await start();
  const all = await eventsOf(await eventsAfter(id));
  const last = all.at(-1);
  if (!last) throw new Error('The run had no events.');
  await gateway.database.query(
    { name: 'test-age-run', text: `UPDATE runs SET finished_at = finished_at - interval '2 days' WHERE id = $1` },
    [id],
  );
  await new EventRetention({ database: gateway.database, hours: 24 }).trim();
  for (const cursor of ['0-0', '1-2']) {
    const [reset, end, ...rest] = await eventsOf(await eventsAfter(id, { 'last-event-id': cursor }));
    expect(reset).toMatchObject({
      type: 'stream.reset',
      data: { run_id: id, status: 'completed', response: 'One two three.', last_event_id: formatEventId(last.id) },
    });
    expect(end).toEqual(last);
    expect(rest).toEqual([]);
  }
  expect(await eventsOf(await eventsAfter(id, { 'last-event-id': formatEventId(last.id) }))).toEqual([]);
});

test('a queued run is cancelled at once, and its readers hear of it', async () => {
  gateway.worker.pause();
  const id = await start();
  const reader = await eventsAfter(id);
  const response = await gateway.call('POST', `/api/runs/${id}/cancel`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ run: { status: 'cancelled', stop_reason: 'cancelled' } });
  expect((await eventsOf(reader)).map(({ type }) => type)).toEqual(['run.queued', 'run.cancelled']);
  gateway.worker.resume();
});

test('a running one is cancelled by its worker, and again changes nothing', async () => {
  gateway.model.enqueue({ type: 'hang' });
  const id = await start();
  await eventually(async () => {
    const { run } = await read<RunResult>(`/api/runs/${id}`);
    return run.status === 'running' ? true : undefined;
  });
  expect((await gateway.call('POST', `/api/runs/${id}/cancel`)).status).toBe(202);
  expect((await eventsOf(await eventsAfter(id))).at(-1)?.type).toBe('run.cancelled');
  const again = await gateway.call('POST', `/api/runs/${id}/cancel`);
  expect([again.status, await again.json()]).toMatchObject([200, { run: { status: 'cancelled' } }]);
});

test('a run that completed stays so', async () => {
  gateway.model.enqueue(answer('Hi.'));
  const id = await start();
  await eventsOf(await eventsAfter(id));
  expect(await (await gateway.call('POST', `/api/runs/${id}/cancel`)).json()).toMatchObject({
    run: { status: 'completed' },
    response: 'Hi.',
  });
});

test("unknown ids, and another tenant's, are unknown", async () => {
  gateway.model.enqueue(answer('Hi.'));
  const id = await start();
  await eventsOf(await eventsAfter(id));
  const calls: [string, string][] = [
    ['GET', ''],
    ['GET', '/events'],
    ['GET', '/steps'],
    ['POST', '/cancel'],
  ];
  for (const [method, rest] of calls) {
    for (const [run, key] of [
      [id, gateway.otherTenantKey],
      [newId(), gateway.key],
      ['not-an-id', gateway.key],
    ] as const) {
      const response = await gateway.call(method, `/api/runs/${run}${rest}`, { key });
      expect([response.status, await response.json()]).toMatchObject([
        404,
        { code: 'run_not_found', detail: `There is no run ${run}.` },
      ]);
    }
  }
});
