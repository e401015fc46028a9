import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AcceptedRun, newId, type Page, type Run, type RunResult } from '@troupe/contracts';
import { answer } from '@troupe/testing';
import { eventsOf, eventually } from '../gateway.test-events.js';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
});
afterAll(() => gateway?.stop());
beforeEach(() => gateway.worker.pause());
afterEach(() => gateway.worker.resume());

async function start(): Promise<AcceptedRun> {
  const response = await gateway.call('POST', '/api/llm/interact', { body: { message: 'Hello', background: true } });
  return (await response.json()) as AcceptedRun;
}

const post = (runId: string, what: string, options = {}) => gateway.call('POST', `/api/runs/${runId}/${what}`, options);
const read = async (runId: string) => (await (await gateway.call('GET', `/api/runs/${runId}`)).json()) as RunResult;
const list = async (query = '', key = gateway.key) =>
  (await (await gateway.call('GET', `/api/runs${query}`, { key })).json()) as Page<Run>;
const ended = (runId: string) =>
  eventually(async () => ((await read(runId)).run.finished_at === null ? undefined : read(runId)));

describe('pausing and resuming', () => {
  test('a paused run rests, says so to its readers, and goes on when it is resumed', async () => {
    const { run_id } = await start();
    const reader = await gateway.call('GET', `/api/runs/${run_id}/events`);
    const paused = await post(run_id, 'pause');
    expect([paused.status, await paused.json()]).toMatchObject([
      200,
      { run: { status: 'waiting', wait_kind: 'pause' } },
    ]);
    gateway.model.enqueue(answer('Rested.'));
    const resumed = await post(run_id, 'resume');
    expect([resumed.status, await resumed.json()]).toMatchObject([200, { run: { status: 'queued', wait_kind: null } }]);
    gateway.worker.resume();
    const events = await eventsOf(reader);
    expect(events.map(({ type }) => type).filter((type) => type.startsWith('run.'))).toEqual([
      'run.queued',
      'run.waiting',
      'run.started',
      'run.completed',
    ]);
    expect(events[1]).toMatchObject({ id: { attempt: 0, n: 2 }, data: { kind: 'pause' } });
    expect((await read(run_id)).response).toBe('Rested.');
  });

  test('both may be repeated, and a paused run may be cancelled', async () => {
    const { run_id } = await start();
    for (const what of ['resume', 'pause', 'pause', 'resume', 'resume', 'pause']) {
      expect((await post(run_id, what)).status).toBe(200);
    }
    expect((await read(run_id)).run).toMatchObject({ status: 'waiting', wait_kind: 'pause' });
    const cancelled = await post(run_id, 'cancel');
    expect([cancelled.status, await cancelled.json()]).toMatchObject([200, { run: { status: 'cancelled' } }]);
  });

  test.each(['pause', 'resume'])('%s is refused for a run that has ended', async (what) => {
    const { run_id } = await start();
    await post(run_id, 'cancel');
    const refused = await post(run_id, what);
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'run_terminal', run_id }]);
  });
});

describe('replaying', () => {
  test('gives a new run on the same thread, and leaves the old one as it ended', async () => {
    const old = await start();
    await post(old.run_id, 'cancel');
    const response = await post(old.run_id, 'replay');
    const accepted = (await response.json()) as AcceptedRun;
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`/api/runs/${accepted.run_id}`);
    expect(accepted).toEqual({ run_id: expect.any(String), thread_id: old.thread_id, status: 'queued' });
    gateway.model.enqueue(answer('Now it works.'));
    gateway.worker.resume();
    expect(await ended(accepted.run_id)).toMatchObject({ run: { status: 'completed' }, response: 'Now it works.' });
    expect(gateway.model.requests.at(-1)?.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    ]);
    expect((await read(old.run_id)).run.status).toBe('cancelled');
  });

  test('is refused for a run that goes on or completed, for an unknown model, and on a busy thread', async () => {
    const { run_id } = await start();
    expect([(await post(run_id, 'replay')).status]).toEqual([409]);
    await post(run_id, 'cancel');
    const unknown = await post(run_id, 'replay', { body: { model: 'nobody/nothing' } });
    expect([unknown.status, await unknown.json()]).toMatchObject([422, { code: 'model_not_found' }]);
    expect((await post(run_id, 'replay')).status).toBe(202);
    const busy = await post(run_id, 'replay');
    expect([busy.status, await busy.json()]).toMatchObject([409, { code: 'thread_busy' }]);
  });
});

describe('the list of runs', () => {
  test('is filtered, pages by cursor, newest first', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index++) {
      const { run_id } = await start();
      await post(run_id, 'cancel');
      ids.unshift(run_id);
    }
    const filter = '?status=cancelled&stop_reason=cancelled&agent=assistant&limit=2';
    const first = await list(filter);
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await list(`${filter}&cursor=${first.next_cursor}`);
    expect(second.data[0]?.id).toBe(ids[2]);
    expect((await list('?status=completed')).data.every(({ status }) => status === 'completed')).toBe(true);
    expect((await list('?agent=nobody')).data).toEqual([]);
  });

  test('holds no run of another tenant', async () => {
    await start();
    expect(await list('', gateway.otherTenantKey)).toEqual({ data: [], next_cursor: null });
  });

  test.each(['status=done', 'stop_reason=bored', 'cursor=1', 'limit=0'])('refuses %s', async (query) => {
    const response = await gateway.call('GET', `/api/runs?${query}`);
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid_request' }]);
  });
});

test("unknown runs, and another tenant's, can be neither paused, resumed nor replayed", async () => {
  const { run_id } = await start();
  await post(run_id, 'cancel');
  for (const what of ['pause', 'resume', 'replay']) {
    for (const [run, key] of [
      [run_id, gateway.otherTenantKey],
      [newId(), gateway.key],
      ['not-an-id', gateway.key],
    ] as const) {
      const response = await post(run, what, { key });
      expect([response.status, await response.json()]).toMatchObject([404, { code: 'run_not_found' }]);
    }
  }
});
