import { describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import type { ThreadMessage, ThreadStore } from '@troupe/spec';

const said = (role: 'user' | 'assistant', text: string): ThreadMessage => ({
  role,
  content: [{ type: 'text', text }],
});

async function say(threads: ThreadStore, threadId: string, messages: ThreadMessage[], userId?: string) {
  const exchange = await threads.begin(threadId, 100);
  await exchange.append(messages, { userId });
  await exchange.end();
}

const textsOf = async (threads: ThreadStore, threadId: string) =>
  (await threads.messages(threadId)).map(({ content }) => (content[0]?.type === 'text' ? content[0].text : ''));

const notFound = { code: 'thread_not_found', fault: 'caller' };

/** What every ThreadStore does. */
export function describeThreadStore(name: string, connect: () => ThreadStore): void {
  describe(`${name} is a ThreadStore`, () => {
    test('keeps what was said, in order, each message the child of the one before', async () => {
      const threads = connect();
      const { id, message_count, user_id } = await threads.create({ userId: 'ann', title: 'Tea', metadata: { a: 1 } });
      expect([message_count, user_id]).toEqual([0, 'ann']);
      await say(threads, id, [said('user', 'Hi'), { ...said('assistant', 'Hello'), agent: 'tea', model: 'own/tea' }]);
      await say(threads, id, [said('user', 'Tea?'), said('assistant', 'Yes')]);
      expect(await textsOf(threads, id)).toEqual(['Hi', 'Hello', 'Tea?', 'Yes']);
      const messages = await threads.messages(id);
      expect(messages.map(({ parent_id }) => parent_id)).toEqual([null, ...messages.slice(0, 3).map((one) => one.id)]);
      expect(messages[1]).toMatchObject({ thread_id: id, agent: 'tea', model: 'own/tea', run_id: null });
      expect(await threads.get(id)).toMatchObject({ title: 'Tea', metadata: { a: 1 }, message_count: 4 });
    });

    test('shows an exchange as many of the newest messages as it asks for', async () => {
      const threads = connect();
      const { id } = await threads.create();
      await say(threads, id, [said('user', '1'), said('assistant', '2'), said('user', '3'), said('assistant', '4')]);
      const exchange = await threads.begin(id, 3);
      expect(exchange.history.map(({ content }) => content[0])).toMatchObject([
        { text: '2' },
        { text: '3' },
        { text: '4' },
      ]);
      expect(exchange.thread.message_count).toBe(4);
      await exchange.end();
    });

    test('lets one exchange at a time work on a thread, and none of it stays when it ends without an answer', async () => {
      const threads = connect();
      const { id } = await threads.create();
      const first = await threads.begin(id, 10);
      await expect(threads.begin(id, 10)).rejects.toMatchObject({ code: 'thread_busy', retryable: true });
      await expect(threads.delete(id)).rejects.toMatchObject({ code: 'thread_busy' });
      await first.end();
      const second = await threads.begin(id, 10);
      expect(second.history).toEqual([]);
      await second.end();
      await threads.delete(id);
      await expect(threads.get(id)).rejects.toMatchObject(notFound);
    });

    test('finds no thread of somebody else', async () => {
      const threads = connect();
      const { id } = await threads.create({ userId: 'ann' });
      await say(threads, id, [said('user', `secret${id}`)]);
      const of = { userId: 'bob' };
      const attempts = [
        () => threads.get(id, of),
        () => threads.messages(id, of),
        () => threads.change(id, { title: 'Mine' }, of),
        () => threads.archive(id, of),
        () => threads.unarchive(id, of),
        () => threads.fork(id, {}, of),
        () => threads.stats(id, of),
        () => threads.delete(id, of),
      ];
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject(notFound);
      expect(await threads.search(`secret${id}`, of)).toEqual([]);
      expect(await threads.list({ ...of, limit: 1_000 })).toEqual([]);
      expect(await threads.get(id, { userId: 'ann' })).toMatchObject({ title: null, archived_at: null });
    });

    test('says of an id that cannot be one that there is no such thread', async () => {
      const threads = connect();
      for (const id of ['', 'nonsense', newId()]) {
        await expect(threads.get(id)).rejects.toMatchObject(notFound);
        await expect(threads.begin(id, 10)).rejects.toMatchObject(notFound);
      }
    });

    test('a thread without an owner belongs to the first user who says something', async () => {
      const threads = connect();
      const { id } = await threads.create();
      await say(threads, id, [said('user', 'Hi')], 'ann');
      await say(threads, id, [said('user', 'Hi')], 'bob');
      expect(await threads.get(id)).toMatchObject({ user_id: 'ann' });
    });

    test('lists the newest first, and archived ones only when asked', async () => {
      const threads = connect();
      const userId = newId();
      const made = [];
      for (const title of ['1', '2', '3']) made.push((await threads.create({ userId, title })).id);
      const [first = '', second = '', third = ''] = made;
      await threads.archive(second);
      const ids = async (filter: object) => (await threads.list({ userId, ...filter })).map(({ id }) => id);
      expect(await ids({})).toEqual([third, first]);
      expect(await ids({ archived: true })).toEqual([second]);
      expect(await ids({ before: third })).toEqual([first]);
      expect(await ids({ limit: 1 })).toEqual([third]);
      expect(await threads.unarchive(second)).toMatchObject({ archived_at: null });
      expect(await ids({})).toEqual([third, second, first]);
    });

    test('searches for all words, in what people and agents said', async () => {
      const threads = connect();
      const userId = newId();
      const { id } = await threads.create({ userId, title: 'Ships' });
      await say(threads, id, [said('user', 'The 100% red Boat'), said('assistant', 'A blue boat')]);
      const found = await threads.search('boat RED', { userId });
      expect(found).toMatchObject([{ thread_id: id, title: 'Ships', role: 'user', text: 'The 100% red Boat' }]);
      expect(await threads.search('boat', { userId, limit: 1 })).toMatchObject([{ text: 'A blue boat' }]);
      expect(await threads.search('boat', { threadId: newId() })).toEqual([]);
      // Neither a pattern nor the way in which messages are stored.
      expect(await threads.search('10%d', { userId })).toEqual([]);
      expect(await threads.search('type', { userId })).toEqual([]);
      expect(await threads.search('  ', { userId })).toEqual([]);
    });

    test('forks the whole thread, or up to a message', async () => {
      const threads = connect();
      const { id } = await threads.create({ userId: 'ann', title: 'Tea', metadata: { a: 1 } });
      await say(threads, id, [said('user', 'Hi'), said('assistant', 'Hello'), said('user', 'Tea?')]);
      const [, second] = await threads.messages(id);
      const whole = await threads.fork(id, { title: 'Copy' });
      expect(whole).toMatchObject({ user_id: 'ann', title: 'Copy', message_count: 3, metadata: { a: 1 } });
      const part = await threads.fork(id, { fromMessageId: second?.id });
      expect(part).toMatchObject({ title: 'Tea', message_count: 2 });
      await say(threads, part.id, [said('user', 'Coffee?')]);
      expect(await textsOf(threads, id)).toEqual(['Hi', 'Hello', 'Tea?']);
      expect(await textsOf(threads, whole.id)).toEqual(['Hi', 'Hello', 'Tea?']);
      expect(await textsOf(threads, part.id)).toEqual(['Hi', 'Hello', 'Coffee?']);
      expect(await threads.stats(part.id)).toMatchObject({ message_count: 3, forked_from: id });
      await expect(threads.fork(id, { fromMessageId: newId() })).rejects.toMatchObject({ code: 'message_not_found' });
    });

    test('forks with the summary where the copy has all that it tells of', async () => {
      const threads = connect();
      const { id } = await threads.create();
      await say(threads, id, [said('user', '1'), said('assistant', '2'), said('user', '3')]);
      await threads.summarize(id, { text: 'two', covered: 2 });
      const [first] = await threads.messages(id);
      expect(await threads.fork(id)).toMatchObject({ summary: 'two' });
      expect(await threads.fork(id, { fromMessageId: first?.id })).toMatchObject({ summary: null, message_count: 1 });
    });

    test('forks no call without its results', async () => {
      const threads = connect();
      const { id } = await threads.create();
      const call: ThreadMessage = {
        role: 'assistant',
        content: ['a', 'b'].map((callId) => ({ type: 'tool_call', id: callId, name: 'add', arguments: {} })),
      };
      const results = ['a', 'b'].map(
        (callId): ThreadMessage => ({
          role: 'tool',
          content: [{ type: 'tool_result', tool_call_id: callId, name: 'add', status: 'completed', content: '2' }],
        }),
      );
      await say(threads, id, [said('user', 'Add'), call, ...results, said('assistant', 'Done')]);
      const ids = (await threads.messages(id)).map((message) => message.id);
      for (const fromMessageId of [ids[1], ids[2]]) {
        await expect(threads.fork(id, { fromMessageId })).rejects.toMatchObject({ code: 'invalid_request' });
      }
      expect(await threads.fork(id, { fromMessageId: ids[3] })).toMatchObject({ message_count: 4 });
    });

    test('counts messages and bytes', async () => {
      const threads = connect();
      const { id } = await threads.create();
      expect(await threads.stats(id)).toEqual({ message_count: 0, total_bytes: 0, forked_from: null });
      await say(threads, id, [said('user', 'é'.repeat(1_000))]);
      const { message_count, total_bytes } = await threads.stats(id);
      expect(message_count).toBe(1);
      expect(total_bytes).toBeGreaterThan(2_000);
    });

    test('keeps the summary that covers the most', async () => {
      const threads = connect();
      const { id } = await threads.create();
      await say(threads, id, [said('user', '1'), said('assistant', '2'), said('user', '3')]);
      await threads.summarize(id, { text: 'two', covered: 2 });
      await threads.summarize(id, { text: 'one', covered: 1 });
      const exchange = await threads.begin(id, 10);
      expect([exchange.thread.summary, exchange.summarizedCount]).toEqual(['two', 2]);
      await exchange.end();
    });
  });
}
