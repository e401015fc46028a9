import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Message, newId, type Page, type Run, type Thread, textOf } from '@troupe/contracts';
import { answer } from '@troupe/testing';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
}, 60_000);

afterAll(() => gateway?.stop());

async function json<Body>(method: string, path: string, body?: unknown): Promise<[number, Body]> {
  const response = await gateway.call(method, path, { body });
  return [response.status, (await response.json()) as Body];
}

async function create(body: object): Promise<Thread> {
  const [status, thread] = await json<Thread>('POST', '/api/threads', body);
  expect(status).toBe(201);
  return thread;
}

test('a thread keeps what it is made with', async () => {
  const given = {
    title: 'Trip',
    user_id: 'sam',
    external_id: newId(),
    metadata: { place: 'Rome', days: [1, { x: 2 }] },
  };
  const thread = await create(given);
  expect(thread).toMatchObject({ ...given, summary: null, message_count: 0, archived_at: null });
  expect(await json('GET', `/api/threads/${thread.id}`)).toEqual([200, thread]);
  expect(await create({})).toMatchObject({ title: null, user_id: null, external_id: null, metadata: {} });
});

test('PATCH changes what is given; null takes away', async () => {
  const { id } = await create({ title: 'Old', metadata: { a: 1 } });
  expect((await json('PATCH', `/api/threads/${id}`, { title: 'New' }))[1]).toMatchObject({
    title: 'New',
    metadata: { a: 1 },
  });
  expect((await json('PATCH', `/api/threads/${id}`, { metadata: { b: 2 } }))[1]).toMatchObject({
    title: 'New',
    metadata: { b: 2 },
  });
  expect((await json('PATCH', `/api/threads/${id}`, { title: null, metadata: null }))[1]).toMatchObject({
    title: null,
    metadata: {},
  });
});

test('messages and runs of a thread come in pages', async () => {
  const { id } = await create({});
  for (const message of ['One', 'Two']) {
    gateway.model.enqueue(answer(`${message}!`));
    await json('POST', '/api/llm/interact', { message, thread_id: id });
  }
  const texts = ({ data }: Page<Message>) => data.map(({ content }) => textOf(content));
  const path = `/api/threads/${id}/messages`;
  const [, first] = await json<Page<Message>>('GET', `${path}?limit=3`);
  expect(texts(first)).toEqual(['One', 'One!', 'Two']);
  const [, second] = await json<Page<Message>>('GET', `${path}?limit=3&cursor=${first.next_cursor}`);
  expect([texts(second), second.next_cursor]).toEqual([['Two!'], null]);
  const [, newest] = await json<Page<Message>>('GET', `${path}?limit=2&order=desc`);
  expect(texts(newest)).toEqual(['Two!', 'Two']);
  const [, older] = await json<Page<Message>>('GET', `${path}?order=desc&cursor=${newest.next_cursor}`);
  expect(texts(older)).toEqual(['One!', 'One']);

  const [, runs] = await json<Page<Run>>('GET', `/api/threads/${id}/runs?limit=1`);
  expect(runs.data).toMatchObject([{ thread_id: id, status: 'completed' }]);
  const [, before] = await json<Page<Run>>('GET', `/api/threads/${id}/runs?cursor=${runs.next_cursor}`);
  expect([before.data.length, before.next_cursor]).toEqual([1, null]);
});

test('lists are of one user, newest first', async () => {
  const user = newId();
  const [first, second] = [await create({ user_id: user }), await create({ user_id: user })];
  const [, { data }] = await json<Page<Thread>>('GET', `/api/threads?user_id=${user}`);
  expect(data.map(({ id }) => id)).toEqual([second.id, first.id]);
});

test('a deleted thread is gone with its messages', async () => {
  const { id } = await create({});
  expect((await gateway.call('DELETE', `/api/threads/${id}`)).status).toBe(204);
  expect((await json('GET', `/api/threads/${id}/messages`))[0]).toBe(404);
});

test('an external id is taken once', async () => {
  const { external_id } = await create({ external_id: newId() });
  const [status, problem] = await json<{ detail: string }>('POST', '/api/threads', { external_id });
  expect(status).toBe(400);
  expect(problem.detail).toContain('external_id');
});

test.each([
  ['POST', '', { metadata: [] }, 'metadata'],
  ['POST', '', { metadata: 'x' }, 'metadata'],
  ['POST', '', { title: {} }, 'title'],
  ['POST', '', { external_id: 'x'.repeat(201) }, 'external_id'],
  ['GET', '?limit=0', undefined, 'limit'],
  ['GET', '?cursor=1', undefined, 'cursor'],
  ['GET', '?user_id=', undefined, 'user_id'],
  ['PATCH', '/:id', { user_id: 'x' }, 'user_id'],
  ['GET', '/:id/messages?order=up', undefined, 'order'],
  ['GET', '/:id/messages?cursor=1', undefined, 'cursor'],
  ['GET', '/:id/runs?limit=1000', undefined, 'limit'],
])('%s /api/threads%s refuses %j', async (method, path, body, field) => {
  const { id } = await create({});
  const [status, problem] = await json(method, `/api/threads${path.replace(':id', id)}`, body);
  expect([status, problem]).toEqual([400, expect.objectContaining({ errors: [expect.objectContaining({ field })] })]);
});

test('texts that Postgres cannot store do not break a list', async () => {
  expect((await json('GET', '/api/threads?user_id=a%00b'))[0]).toBe(200);
});

test("unknown ids, and another tenant's, are unknown", async () => {
  const created = await gateway.call('POST', '/api/threads', { body: {}, key: gateway.otherTenantKey });
  const { id } = (await created.json()) as Thread;
  for (const threadId of [id, newId(), 'nonsense']) {
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { title: 'x' }],
      ['DELETE', ''],
      ['GET', '/messages'],
      ['GET', '/runs'],
    ] as const) {
      const [status, problem] = await json<{ code: string }>(method, `/api/threads/${threadId}${path}`, body);
      expect([method, path, status, problem.code]).toEqual([method, path, 404, 'thread_not_found']);
    }
  }
});
