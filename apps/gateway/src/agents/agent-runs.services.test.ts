import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Chat, newId, type Page, type Thread } from '@troupe/contracts';
import { answer } from '@troupe/testing';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';
import type { AgentRunAnswerDto } from './agent-run.dto.js';

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
}, 60_000);

afterAll(() => gateway?.stop());

async function run(agent: string, body: object): Promise<AgentRunAnswerDto> {
  const response = await gateway.call('POST', `/api/agents/${agent}/run`, { body });
  expect(response.status).toBe(200);
  return (await response.json()) as AgentRunAnswerDto;
}

async function read<Body>(path: string): Promise<Body> {
  return (await (await gateway.call('GET', path)).json()) as Body;
}

test('without a session a thread is made, and its id goes on with it', async () => {
  gateway.model.enqueue(answer('First.'), answer('Second.'));
  const first = await run('cherry', { input: 'Hello' });
  expect(first).toEqual({
    final_output: 'First.',
    success: true,
    session_id: expect.any(String),
    run_id: expect.any(String),
  });
  await run('cherry', { input: 'And?', session_id: first.session_id });
  expect((await read<Chat>(`/api/chats/${first.session_id}`)).conversation).toEqual([
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'First.' },
    { role: 'user', content: 'And?' },
    { role: 'assistant', content: 'Second.' },
  ]);
});

test('several agents share a session of a name of its own', async () => {
  gateway.model.enqueue(answer('First.'), answer('Second.'));
  expect((await run('cherry', { input: 'Hello', session_id: 'evening', user_id: 'sam' })).session_id).toBe('evening');
  expect((await run('researcher', { input: 'And?', session_id: 'evening' })).session_id).toBe('evening');
  const { data } = await read<Page<Thread>>('/api/threads?user_id=sam');
  expect(data).toMatchObject([{ external_id: 'evening', message_count: 4 }]);
  const agents = await read<Page<{ agent: string }>>(`/api/threads/${data[0]?.id}/runs`);
  expect(agents.data.map(({ agent }) => agent)).toEqual(['researcher', 'cherry']);
});

test('a stream has the events of the run', async () => {
  gateway.model.enqueue(answer('First.'));
  const response = await gateway.call('POST', '/api/agents/cherry/stream', { body: { input: 'Hello' } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('x-thread-id')).toBeTruthy();
  const events = [...(await response.text()).matchAll(/^event: (.+)$/gm)].map(([, type]) => type);
  expect(events[0]).toBe('run.queued');
  expect(events).toContain('text.delta');
  expect(events.at(-1)).toBe('run.completed');
});

test('the same Idempotency-Key gives the same run', async () => {
  gateway.model.enqueue(answer('First.'));
  const request = { body: { input: 'Hello' }, headers: { 'idempotency-key': newId() } };
  const first = await (await gateway.call('POST', '/api/agents/cherry/run', request)).json();
  expect(await (await gateway.call('POST', '/api/agents/cherry/run', request)).json()).toEqual(first);
});

test('info says what the agent is and where to run it', async () => {
  expect(await read('/api/agents/cherry/info')).toEqual({
    name: 'Cherry',
    agent_name: 'Cherry',
    instructions: expect.stringContaining('You are Cherry'),
    model: 'scripted/model',
    tools_count: 2,
    handoffs_count: 0,
    endpoints: {
      run: '/api/agents/cherry/run',
      stream: '/api/agents/cherry/stream',
      info: '/api/agents/cherry/info',
    },
    session_config: { sessions_enabled: true, session_type: 'PostgreSQL', description: expect.any(String) },
  });
});

test.each([
  ['no input', {}, 'input'],
  ['an empty input', { input: '' }, 'input'],
  ['an input of spaces', { input: ' \n\t\u00a0 ' }, 'input'],
  ['a number as input', { input: 7 }, 'input'],
  ['an empty session', { input: 'Hi', session_id: '' }, 'session_id'],
  ['an unknown field', { input: 'Hi', session: 'x' }, 'session'],
])('refuses %s', async (_what, body, field) => {
  for (const route of ['run', 'stream']) {
    const response = await gateway.call('POST', `/api/agents/cherry/${route}`, { body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_request', errors: [{ field }] });
  }
});

test("an id of no thread is an unknown thread, as is another tenant's", async () => {
  const created = await gateway.call('POST', '/api/chats', { body: {}, key: gateway.otherTenantKey });
  const { chat_id } = (await created.json()) as Chat;
  for (const session_id of [newId(), chat_id]) {
    const response = await gateway.call('POST', '/api/agents/cherry/run', { body: { input: 'Hi', session_id } });
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'thread_not_found' }),
    ]);
  }
});

test('an agent that does not exist leaves no session behind', async () => {
  const body = { input: 'Hi', session_id: 'nowhere', user_id: 'nobody' };
  expect((await gateway.call('POST', '/api/agents/nobody/run', { body })).status).toBe(404);
  expect((await gateway.call('POST', '/api/agents/nobody/stream', { body })).status).toBe(404);
  expect((await read<Page<Thread>>('/api/threads?user_id=nobody')).data).toEqual([]);
});
