import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type FoundMessage,
  type Message,
  newId,
  type Page,
  type Thread,
  type ThreadStats,
  textOf,
} from '@troupe/contracts';
import { answer, callTools } from '@troupe/testing';
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

async function say(thread_id: string, message: string, reply: string): Promise<void> {
  gateway.model.enqueue(answer(reply));
  expect((await json('POST', '/api/llm/interact', { message, thread_id }))[0]).toBe(200);
}

async function messagesOf(id: string): Promise<Message[]> {
  return (await json<Page<Message>>('GET', `/api/threads/${id}/messages`))[1].data;
}

const textsOf = async (id: string) => (await messagesOf(id)).map(({ content }) => textOf(content));

async function talk(): Promise<Thread> {
  const body = { title: 'Tea', user_id: 'ann', metadata: { place: 'Rome' } };
  const [, { id }] = await json<Thread>('POST', '/api/threads', body);
  await say(id, 'Hi', 'Hello');
  await say(id, 'Tea?', 'Please');
  return (await json<Thread>('GET', `/api/threads/${id}`))[1];
}

describe('archive', () => {
  test('takes a thread out of the lists until it is taken back, and it goes on as before', async () => {
    const user_id = newId();
    const [, { id }] = await json<Thread>('POST', '/api/threads', { user_id });
    const listed = async (query: string) =>
      (await json<Page<Thread>>('GET', `/api/threads?user_id=${user_id}${query}`))[1].data.map((thread) => thread.id);

    const [status, archived] = await json<Thread>('POST', `/api/threads/${id}/archive`);
    expect([status, archived.archived_at]).toEqual([200, expect.stringMatching(/Z$/)]);
    expect((await json<Thread>('POST', `/api/threads/${id}/archive`))[1].archived_at).toBe(archived.archived_at);
    expect([await listed(''), await listed('&archived=false'), await listed('&archived=true')]).toEqual([[], [], [id]]);
    expect((await json<Page<unknown>>('GET', `/api/chats?user_id=${user_id}`))[1].data).toEqual([]);

    await say(id, 'Still there?', 'Yes.');
    expect((await json<Thread>('GET', `/api/threads/${id}`))[1].archived_at).toBe(archived.archived_at);

    expect((await json<Thread>('POST', `/api/threads/${id}/unarchive`))[1].archived_at).toBeNull();
    expect([await listed(''), await listed('&archived=true')]).toEqual([[id], []]);
  });
});

describe('fork', () => {
  test('copies everything; each goes its own way', async () => {
    const thread = await talk();
    // Without a body as with an empty one.
    const [status, copy] = await json<Thread>('POST', `/api/threads/${thread.id}/fork`);
    const newest = (await messagesOf(thread.id)).at(-1)?.id;
    expect([status, copy]).toEqual([
      201,
      {
        ...thread,
        id: expect.not.stringMatching(thread.id),
        metadata: { place: 'Rome', forked_from: { thread_id: thread.id, message_id: newest } },
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
    ]);
    await say(copy.id, 'Coffee?', 'No.');
    expect(await textsOf(copy.id)).toEqual(['Hi', 'Hello', 'Tea?', 'Please', 'Coffee?', 'No.']);
    expect(gateway.model.requests.at(-1)?.messages).toHaveLength(5);
    expect(await textsOf(thread.id)).toEqual(['Hi', 'Hello', 'Tea?', 'Please']);
    const [, stats] = await json<ThreadStats>('GET', `/api/threads/${copy.id}/stats`);
    expect(stats).toEqual({ message_count: 6, total_bytes: expect.any(Number), forked_from: thread.id });
  });

  test('goes up to a message, with a title of its own or none', async () => {
    const { id } = await talk();
    const [, hello] = await messagesOf(id);
    const body = { from_message_id: hello?.id.toUpperCase(), title: null };
    const [status, copy] = await json<Thread>('POST', `/api/threads/${id}/branch`, body);
    expect([status, copy.title, copy.message_count]).toEqual([201, null, 2]);
    expect(await textsOf(copy.id)).toEqual(['Hi', 'Hello']);
  });

  test('leaves out calls that are still waited for, and says so of one that is named', async () => {
    const slug = `clerk-${newId()}`;
    const clerk = { name: 'Clerk', slug, definition: { role: 'You ask.' }, tools: ['ask_user'] };
    expect((await json('POST', '/api/agents', clerk))[0]).toBe(201);
    gateway.model.enqueue(callTools([{ name: 'ask_user', arguments: { question: 'How many?' } }]));
    const ask = { message: 'Order cups', persona_id: slug };
    const [, { thread_id }] = await json<{ thread_id: string }>('POST', '/api/llm/interact', ask);
    const [said, call] = await messagesOf(thread_id);
    expect(call?.role).toBe('assistant');

    const [, copy] = await json<Thread>('POST', `/api/threads/${thread_id}/fork`);
    expect(await textsOf(copy.id)).toEqual(['Order cups']);
    expect(copy.metadata.forked_from).toEqual({ thread_id, message_id: said?.id });

    const [status, problem] = await json<{ code: string; detail: string }>('POST', `/api/threads/${thread_id}/branch`, {
      from_message_id: call?.id,
    });
    expect([status, problem.code]).toEqual([400, 'invalid_request']);
    expect(problem.detail).toContain('without their results');
  });

  test('of a message that the thread has not is refused', async () => {
    const [one, other] = [await talk(), await talk()];
    const [foreign] = await messagesOf(other.id);
    for (const from_message_id of [newId(), foreign?.id]) {
      const [status, problem] = await json<{ code: string }>('POST', `/api/threads/${one.id}/branch`, {
        from_message_id,
      });
      expect([status, problem.code]).toEqual([404, 'message_not_found']);
    }
  });
});

describe('search', () => {
  test('finds messages that hold all words, newest first, in pages', async () => {
    const [word, user_id] = [`w${newId()}`, newId()];
    const [, mine] = await json<Thread>('POST', '/api/threads', { user_id, title: 'Mine' });
    const [, other] = await json<Thread>('POST', '/api/threads', {});
    await say(mine.id, `Where is my ${word} lamp?`, `Your ${word.toUpperCase()} lamp is there.`);
    await say(other.id, `A 100% ${word} chair`, 'Sit down.');
    await json('POST', `/api/threads/${other.id}/archive`);

    const find = async (query: string) => (await json<Page<FoundMessage>>('GET', `/api/threads/search?${query}`))[1];
    const all = await find(`q=${word}`);
    expect(all.data.map(({ role, thread_id }) => [role, thread_id])).toEqual([
      ['user', other.id],
      ['assistant', mine.id],
      ['user', mine.id],
    ]);
    expect(all.data[2]).toEqual({
      thread_id: mine.id,
      title: 'Mine',
      message_id: expect.any(String),
      role: 'user',
      text: `Where is my ${word} lamp?`,
      created_at: expect.stringMatching(/Z$/),
    });
    const first = await find(`q=${word}&limit=2`);
    expect((await find(`q=${word}&limit=2&cursor=${first.next_cursor}`)).data).toEqual(all.data.slice(2));
    expect((await find(`q=${word}+where`)).data).toHaveLength(1);
    expect((await find(`q=${word}&user_id=${user_id}`)).data).toHaveLength(2);
    expect((await find(`q=${word}&thread_id=${other.id}`)).data).toHaveLength(1);
    expect((await find(`q=100%25+${word}`)).data).toHaveLength(1);
    expect((await find(`q=10_%25+${word}`)).data).toEqual([]);
    const elsewhere = await gateway.call('GET', `/api/threads/search?q=${word}`, { key: gateway.otherTenantKey });
    expect(await elsewhere.json()).toEqual({ data: [], next_cursor: null });
  });
});

test.each([
  ['GET', '/search', undefined, 'q'],
  ['GET', '/search?q=', undefined, 'q'],
  ['GET', '/search?q=%20', undefined, 'q'],
  ['GET', '/search?q=x&thread_id=7', undefined, 'thread_id'],
  ['GET', '?archived=yes', undefined, 'archived'],
  ['POST', '/:id/branch', {}, 'from_message_id'],
  ['POST', '/:id/branch', { from_message_id: 'x' }, 'from_message_id'],
  ['POST', '/:id/fork', { title: 7 }, 'title'],
  ['POST', '/:id/fork', { message_id: newId() }, 'message_id'],
])('%s /api/threads%s refuses %j', async (method, path, body, field) => {
  const [, { id }] = await json<Thread>('POST', '/api/threads', {});
  const [status, problem] = await json(method, `/api/threads${path.replace(':id', id)}`, body);
  expect([status, problem]).toEqual([400, expect.objectContaining({ errors: [expect.objectContaining({ field })] })]);
});

test("unknown threads, and another tenant's, are unknown", async () => {
  const created = await gateway.call('POST', '/api/threads', { body: {}, key: gateway.otherTenantKey });
  const { id: foreign } = (await created.json()) as Thread;
  for (const id of [foreign, newId(), 'nonsense']) {
    for (const [method, path, body] of [
      ['GET', 'stats', undefined],
      ['POST', 'archive', undefined],
      ['POST', 'unarchive', undefined],
      ['POST', 'fork', {}],
      ['POST', 'branch', { from_message_id: newId() }],
    ] as const) {
      const [status, problem] = await json<{ code: string }>(method, `/api/threads/${id}/${path}`, body);
      expect([path, status, problem.code]).toEqual([path, 404, 'thread_not_found']);
    }
  }
});
