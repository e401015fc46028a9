import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { follow } from './follow.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(60_000);

describe('agents that share a session, and chats', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });

  afterAll(() => server.stop());

  beforeEach(() => server.simulator.reset());

  test('two agents speak in one session, each with its own instructions and all of its history', async () => {
    const { agents, chats } = server.client;
    const { chat_id: session_id } = await chats.create({ title: 'Campaign' });
    const first = await agents.run('dnd-assistant', { input: 'My villain is Morwen.', session_id });
    expect(first).toEqual({
      final_output: 'I will remember that your villain is Morwen.',
      success: true,
      session_id,
      run_id: expect.any(String),
    });

    const second = await follow(
      agents.stream('researcher', { input: 'Who is my villain? What is my villain?', session_id }),
    );

    expect(second).toMatchObject({ status: 'completed', text: 'Your villain is Morwen.', threadId: session_id });
    const prompts = server.simulator.requests
      .filter(({ request }) => request?.stream)
      .map(({ request }) => request?.messages[0]?.text.slice(0, 40));
    expect(new Set(prompts).size).toBe(2);
    expect(await chats.get(session_id)).toMatchObject({
      title: 'Campaign',
      conversation: [
        { role: 'user', content: 'My villain is Morwen.' },
        { role: 'assistant', content: 'I will remember that your villain is Morwen.' },
        { role: 'user', content: 'Who is my villain? What is my villain?' },
        { role: 'assistant', content: 'Your villain is Morwen.' },
      ],
    });
  });

  test('a session may have a name of the application', async () => {
    const session_id = `table-7/${randomUUID()}`;
    await server.client.agents.run('cherry', { input: 'My dog is called Bo. My dog is Bo.', session_id });
    const next = await server.client.agents.run('assistant', { input: 'What is my dog?', session_id });

    expect(next).toMatchObject({ session_id, final_output: 'Your dog is Bo.' });
  });

  test('without a session each run begins a thread, which its answer names', async () => {
    const first = await server.client.agents.run('cherry', { input: 'My dog is Bo.' });
    const chat = await server.client.chats.get(first.session_id);

    expect(chat.conversation).toHaveLength(2);
    const second = await server.client.agents.run('cherry', { input: 'What is my dog?', session_id: first.session_id });
    expect(second.final_output).toBe('Your dog is Bo.');
  });

  test('an agent says what it is', async () => {
    const info = await server.client.agents.info('dnd-assistant');

    expect(info).toEqual({
      name: 'DND Assistant',
      agent_name: 'DND Assistant',
      instructions: expect.stringContaining('campaign'),
      model: 'openai/gpt-4o-mini',
      tools_count: 2,
      handoffs_count: 0,
      endpoints: {
        run: '/api/agents/dnd-assistant/run',
        stream: '/api/agents/dnd-assistant/stream',
        info: '/api/agents/dnd-assistant/info',
      },
      session_config: { sessions_enabled: true, session_type: 'PostgreSQL', description: expect.any(String) },
    });
  });

  test('an agent of one’s own answers with its prompt and model, and a change makes a version', async () => {
    const { agents, interact } = { agents: server.client.agents, interact: server.client.interact.bind(server.client) };
    const created = await agents.create({
      name: 'Pirate',
      slug: 'pirate',
      definition: { role: 'You are a pirate.', goal: 'Rum.' },
      model: 'anthropic/claude-sonnet-4',
      tools: ['calculate'],
    });
    expect(created).toMatchObject({ slug: 'pirate', version: 1, system_prompt: expect.stringContaining('pirate') });

    const answer = await interact({ message: 'Ahoy', persona_id: 'pirate' });
    expect(answer.model).toBe('anthropic/claude-sonnet-4');
    // The title of a thread before may be asked for in between.
    const asked = server.simulator.requests.find(({ provider }) => provider === 'anthropic');
    expect(asked?.request?.messages[0]?.text).toContain('You are a pirate.');

    const changed = await agents.update('pirate', { model: 'ollama/llama3.1' });
    expect(changed).toMatchObject({ slug: 'pirate', version: 2, name: 'Pirate' });
    expect((await interact({ message: 'Ahoy', persona_id: 'pirate' })).model).toBe('ollama/llama3.1');
    expect((await agents.list()).data.map(({ slug }) => slug)).toEqual(expect.arrayContaining(['cherry', 'pirate']));

    await agents.delete('pirate');
    await expect(agents.get('pirate')).rejects.toMatchObject({ status: 404, code: 'agent_not_found' });
    await expect(interact({ message: 'Ahoy', persona_id: 'pirate' })).rejects.toMatchObject({
      code: 'agent_not_found',
    });
  });

  test('a chat is created, read, listed, renamed, emptied and deleted', async () => {
    const { chats, agents } = server.client;
    const user_id = `user-${randomUUID()}`;
    const chat = await chats.create({ title: 'D&D Campaign Planning Session', user_id });
    expect(chat).toEqual({
      chat_id: expect.any(String),
      user_id,
      conversation: [],
      title: 'D&D Campaign Planning Session',
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    const { chat_id } = chat;
    await agents.run('dnd-assistant', { input: 'My villain is Morwen.', session_id: chat_id });
    expect((await chats.get(chat_id)).conversation).toHaveLength(2);
    expect((await chats.list({ userId: user_id })).data).toMatchObject([{ chat_id }]);

    expect(await chats.update(chat_id, { title: 'Renamed' })).toMatchObject({ title: 'Renamed' });
    expect((await chats.get(chat_id)).conversation).toHaveLength(2);

    expect(await chats.update(chat_id, { conversation: null })).toMatchObject({ title: 'Renamed', conversation: [] });
    const forgotten = await agents.run('dnd-assistant', { input: 'What is my villain?', session_id: chat_id });
    expect(forgotten.final_output).toBe('You have not told me your villain yet.');

    await chats.delete(chat_id);
    await expect(chats.get(chat_id)).rejects.toMatchObject({ status: 404, code: 'thread_not_found' });
    expect((await chats.list({ userId: user_id })).data).toEqual([]);
    const late = agents.run('dnd-assistant', { input: 'Hello?', session_id: chat_id });
    await expect(late).rejects.toMatchObject({ status: 404, code: 'thread_not_found' });
  });

  test('an address may end with a slash', async () => {
    const created = await server.send('POST', '/api/chats/', { body: { title: 'Slashed' } });
    expect([created.status, await created.json()]).toEqual([201, expect.objectContaining({ title: 'Slashed' })]);
    expect((await server.send('GET', '/api/chats/')).status).toBe(200);
  });

  test('lists page by cursor', async () => {
    const user_id = `user-${randomUUID()}`;
    for (const title of ['one', 'two', 'three']) await server.client.chats.create({ title, user_id });

    const first = await server.client.chats.list({ userId: user_id, limit: 2 });
    expect(first.data.map(({ title }) => title)).toEqual(['three', 'two']);
    const second = await server.client.chats.list({ userId: user_id, limit: 2, cursor: first.next_cursor ?? '' });
    expect(second).toMatchObject({ data: [{ title: 'one' }], next_cursor: null });
  });

  test('the pages around the API are there', async () => {
    const openapi = await server.send('GET', '/openapi.json', { key: null });
    expect(await openapi.json()).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
      paths: expect.objectContaining({
        '/api/llm/interact': expect.anything(),
        '/api/agents/{agent}/run': expect.anything(),
      }),
    });
    for (const path of ['/', '/docs']) {
      const page = await server.send('GET', path, { key: null });
      expect([path, page.status, page.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringMatching(/^text\/html/),
      ]);
    }
    expect(await (await server.send('GET', '/livez', { key: null })).json()).toMatchObject({ status: 'ok' });
    expect(await (await server.send('GET', '/readyz?verbose', { key: null })).json()).toMatchObject({
      status: 'ok',
      checks: { postgres: { ok: true }, redis: { ok: true } },
    });
    expect(await (await server.send('GET', '/metrics')).text()).toMatch(/^# HELP/m);
    expect((await server.send('GET', '/admin/queues', { key: null })).status).toBe(401);
    expect((await server.send('GET', '/admin/queues')).status).toBe(200);
  });
});
