import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { eventually } from './eventually.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(60_000);

describe('what follows a run: titles and facts', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ args: ['--split'] });
  });

  afterAll(() => server.stop());

  beforeEach(() => server.simulator.reset());

  const titleOf = (threadId: string) =>
    eventually('a title', async () => (await server.client.chats.get(threadId)).title);
  const factsOf = async (user: string) =>
    Object.fromEntries((await server.client.users.facts(user)).data.map(({ key, value }) => [key, value]));
  const names = async (user: string, key: string, value: string) =>
    eventually(`${key} = ${value}`, async () => (await factsOf(user))[key] === value);

  test('a thread has a title after the first exchange, and keeps it', async () => {
    const { thread_id } = await server.client.interact({ message: 'Plan a weekend in Lisbon with two children' });
    const title = await titleOf(thread_id);

    expect(title).toMatch(/^Plan a weekend in Lisbon/);
    await server.client.interact({ message: 'Something else altogether: taxes', thread_id });
    expect(await titleOf(thread_id)).toBe(title);
    const titles = server.simulator.requests.filter(({ request }) => !request?.stream);
    expect(titles).toHaveLength(1);
  });

  test('a title that was given is not overwritten', async () => {
    const { chat_id } = await server.client.chats.create({ title: 'Mine' });
    await server.client.agents.run('cherry', { input: 'Hello there', session_id: chat_id });

    expect((await server.client.chats.get(chat_id)).title).toBe('Mine');
    expect(server.simulator.requests.filter(({ request }) => !request?.stream)).toEqual([]);
  });

  test('what a user said of themselves is known in a new thread, to that user only', async () => {
    const user_id = `ada-${randomUUID()}`;
    const first = await server.client.interact({ message: 'My name is Ada. My favourite colour is teal.', user_id });
    await names(user_id, 'favourite_colour', 'teal');

    expect(await factsOf(user_id)).toEqual({ name: 'Ada', favourite_colour: 'teal' });
    const { data } = await server.client.users.facts(user_id);
    const { data: messages } = await server.client.threads.messages(first.thread_id);
    expect(data.map(({ source_message_id }) => source_message_id)).toEqual([messages[0]?.id, messages[0]?.id]);

    const question = { message: 'What is my favourite colour?' };
    const later = await server.client.interact({ ...question, user_id });
    expect(later.thread_id).not.toBe(first.thread_id);
    expect(later.response).toBe('Your favourite colour is teal.');
    const stranger = await server.client.interact({ ...question, user_id: `grace-${randomUUID()}` });
    expect(stranger.response).toBe('You have not told me your favourite colour yet.');
    expect((await server.client.interact(question)).response).toBe('You have not told me your favourite colour yet.');
  });

  test('a fact that changes is replaced, and one can be forgotten', async () => {
    const user_id = `ada-${randomUUID()}`;
    const { thread_id } = await server.client.interact({ message: 'My home town is Turin.', user_id });
    await names(user_id, 'home_town', 'Turin');
    await server.client.interact({ message: 'My home town is Lisbon.', user_id, thread_id });
    await names(user_id, 'home_town', 'Lisbon');

    const forgotten = await server.send('DELETE', `/api/users/${user_id}/facts/home_town`);
    expect(forgotten.status).toBe(204);
    expect(await factsOf(user_id)).toEqual({});
    const answer = await server.client.interact({ message: 'What is my home town?', user_id });
    expect(answer.response).toBe('You have not told me your home town yet.');
  });

  test('a thread that grows beyond what its agent is shown is summarized, and what was said first is still known', async () => {
    await server.client.agents.create({
      name: 'Forgetful',
      slug: 'forgetful',
      definition: { role: 'You see only the end of a conversation.' },
      memory: { type: 'summary_window', last: 2 },
    });
    const say = (message: string, thread_id?: string) =>
      server.client.interact({ message, persona_id: 'forgetful', ...(thread_id !== undefined && { thread_id }) });
    const { thread_id } = await say('My villain is Morwen.');
    for (const message of ['It rains in the harbour', 'The lamps are lit', 'Somebody sings'])
      await say(message, thread_id);
    await eventually('a summary', async () => {
      const response = await server.send('GET', `/api/threads/${thread_id}`);
      return ((await response.json()) as { summary: string | null }).summary;
    });
    server.simulator.reset();

    const answer = await say('What is my villain?', thread_id);
    expect(answer.response).toBe('Your villain is Morwen.');
    const turn = server.simulator.requests.find(({ request }) => request?.stream)?.request;
    expect(turn?.messages.filter(({ role }) => role === 'user').map(({ text }) => text)).not.toContain(
      'My villain is Morwen.',
    );
  });

  test('a provider that fails once costs the title a retry, and the run nothing', async () => {
    server.simulator.setRules([{ when: { stream: false, anyTextIncludes: 'owls' }, reply: { status: 500 }, times: 1 }]);
    const answer = await server.client.interact({ message: 'Tell me about owls' });

    expect(answer.status).toBe('completed');
    expect(await titleOf(answer.thread_id)).toMatch(/^Tell me about owls/);
    const about = server.simulator.requests.filter(({ body }) => JSON.stringify(body).includes('owls'));
    expect(about.map(({ outcome }) => outcome)).toEqual(['completed', 'refused', 'completed']);
  });
});
