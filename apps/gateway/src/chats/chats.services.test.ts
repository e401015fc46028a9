import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Chat, newId, type Page } from '@troupe/contracts';
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

async function chatWithAnswer(): Promise<string> {
  const [, { chat_id }] = await json<Chat>('POST', '/api/chats', { title: 'Campaign', user_id: 'sam' });
  gateway.model.enqueue(answer('Once upon a time.'));
  await json('POST', '/api/agents/dnd-assistant/run', { input: 'Begin', session_id: chat_id });
  return chat_id;
}

test('a chat begins empty and shows what was said', async () => {
  const [status, chat] = await json<Chat>('POST', '/api/chats', { title: 'Planning', user_id: 'kim' });
  expect(status).toBe(201);
  expect(chat).toEqual({
    chat_id: expect.any(String),
    user_id: 'kim',
    conversation: [],
    title: 'Planning',
    created_at: expect.stringMatching(/Z$/),
    updated_at: expect.stringMatching(/Z$/),
  });
  expect(await json('GET', `/api/chats/${chat.chat_id}`)).toEqual([200, chat]);

  const [, talked] = await json<Chat>('GET', `/api/chats/${await chatWithAnswer()}`);
  expect(talked).toMatchObject({
    title: 'Campaign',
    conversation: [
      { role: 'user', content: 'Begin' },
      { role: 'assistant', content: 'Once upon a time.' },
    ],
  });
});

test('null empties the conversation and nothing else', async () => {
  const id = await chatWithAnswer();
  const [status, emptied] = await json<Chat>('PUT', `/api/chats/${id}`, { conversation: null });
  expect([status, emptied.conversation, emptied.title]).toEqual([200, [], 'Campaign']);
  expect((await json<Chat>('GET', `/api/chats/${id}`))[1].conversation).toEqual([]);
});

test('a title alone leaves the conversation', async () => {
  const id = await chatWithAnswer();
  const [, renamed] = await json<Chat>('PUT', `/api/chats/${id}`, { title: 'Renamed' });
  expect(renamed.title).toBe('Renamed');
  expect(renamed.conversation).toHaveLength(2);
  expect((await json<Chat>('PUT', `/api/chats/${id}`, { title: null }))[1].title).toBeNull();
});

test('a deleted chat is gone', async () => {
  const id = await chatWithAnswer();
  expect((await gateway.call('DELETE', `/api/chats/${id}`)).status).toBe(204);
  expect((await gateway.call('GET', `/api/chats/${id}`)).status).toBe(404);
  expect((await gateway.call('DELETE', `/api/chats/${id}`)).status).toBe(404);
});

test('lists are of one user, newest first, in pages', async () => {
  const user = `user-${newId()}`;
  for (const title of ['a', 'b', 'c']) await json('POST', '/api/chats', { title, user_id: user });
  const [, first] = await json<Page<Chat>>('GET', `/api/chats?user_id=${user}&limit=2`);
  expect(first.data.map(({ title, conversation }) => [title, conversation])).toEqual([
    ['c', null],
    ['b', null],
  ]);
  const [, rest] = await json<Page<Chat>>('GET', `/api/chats?user_id=${user}&limit=2&cursor=${first.next_cursor}`);
  expect([rest.data.map(({ title }) => title), rest.next_cursor]).toEqual([['a'], null]);
});

test('a chat that is being answered is not emptied or deleted', async () => {
  const [, { chat_id }] = await json<Chat>('POST', '/api/chats', { title: 'Busy' });
  gateway.worker.pause();
  await json('POST', '/api/llm/interact', { message: 'Hi', thread_id: chat_id, background: true });
  const emptied = await json('PUT', `/api/chats/${chat_id}`, { conversation: null, title: 'Changed' });
  expect(emptied).toEqual([409, expect.objectContaining({ code: 'thread_busy' })]);
  expect((await json<Chat>('GET', `/api/chats/${chat_id}`))[1].title).toBe('Busy');
  expect((await json('DELETE', `/api/chats/${chat_id}`))[0]).toBe(409);
  gateway.model.enqueue(answer('Done.'));
  gateway.worker.resume();
});

test.each([
  ['POST', '/api/chats', { title: 7 }, 'title'],
  ['POST', '/api/chats', { user_id: '' }, 'user_id'],
  ['POST', '/api/chats', { conversation: [{ role: 'user', content: 'Hi' }] }, 'conversation'],
  ['POST', '/api/chats', { tilte: 'x' }, 'tilte'],
  ['GET', '/api/chats?cursor=x', undefined, 'cursor'],
  ['GET', '/api/chats?user=x', undefined, 'user'],
])('%s %s refuses %j', async (method, path, body, field) => {
  const [status, problem] = await json(method, path, body);
  expect([status, problem]).toEqual([400, expect.objectContaining({ errors: [expect.objectContaining({ field })] })]);
});

test('PUT says why it takes no messages', async () => {
  const id = await chatWithAnswer();
  const [status, problem] = await json<{ detail: string }>('PUT', `/api/chats/${id}`, { conversation: [] });
  expect(status).toBe(400);
  expect(problem.detail).toContain('conversation can only be null');
  expect((await json<Chat>('GET', `/api/chats/${id}`))[1].conversation).toHaveLength(2);
});

test("unknown ids, and another tenant's, are unknown", async () => {
  const created = await gateway.call('POST', '/api/chats', { body: {}, key: gateway.otherTenantKey });
  const { chat_id } = (await created.json()) as Chat;
  for (const id of [chat_id, newId(), 'nonsense']) {
    for (const [method, body] of [
      ['GET'],
      ['PUT', { conversation: null }],
      ['PUT', { title: 'x' }],
      ['DELETE'],
    ] as const) {
      const [status, problem] = await json<{ code: string }>(method, `/api/chats/${id}`, body);
      expect([method, status, problem.code]).toEqual([method, 404, 'thread_not_found']);
    }
  }
});
