import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SimulatedReply } from '@troupe/testing';
import { eventsOf, type FollowedRun, follow } from './follow.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(60_000);

describe('tools, executed by a tool-worker', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ args: ['--split', '--llm-workers', '2', '--tool-workers', '2'] });
  });

  afterAll(() => server.stop());

  beforeEach(() => server.simulator.reset());

  /** A run of the default agent whose first turn is this, and whose second is the simulator's own. */
  async function runWhoseModelSays(reply: SimulatedReply): Promise<FollowedRun> {
    server.simulator.setRules([{ when: { stream: true, hasTools: true }, reply, times: 1 }]);
    return follow(server.client.interactStream({ message: 'Go ahead.' }));
  }

  describe('a to-do list', () => {
    const say = (user: string, message: string) =>
      follow(server.client.interactStream({ message, user_id: user, persona_id: 'todo-assistant' }));
    const titles = (run: FollowedRun): string[] =>
      eventsOf(run.events, 'tool_call.completed')
        .filter(({ name }) => name === 'get_todo_tasks')
        .flatMap(({ result }) =>
          (JSON.parse(result) as { tasks: { title: string }[] }).tasks.map(({ title }) => title),
        );

    test("is the user's, whichever thread it is asked from", async () => {
      const added = await say('ada', 'Add a task to buy milk. Add a task to call the dentist.');
      expect(eventsOf(added.events, 'tool_call.completed')).toMatchObject([
        { name: 'add_todo_task', status: 'completed' },
        { name: 'add_todo_task', status: 'completed' },
      ]);

      const listed = await say('ada', 'Show my tasks');
      expect(listed.threadId).not.toBe(added.threadId);
      expect(titles(listed).sort()).toEqual(['buy milk', 'call the dentist']);

      const completed = await say('ada', 'Mark buy milk as done, please.');
      expect(eventsOf(completed.events, 'tool_call.completed').map(({ name }) => name)).toEqual([
        'get_todo_tasks',
        'complete_todo_task',
      ]);
      expect(titles(await say('ada', 'Show my tasks'))).toEqual(['call the dentist']);
      expect(titles(await say('grace', 'Show my tasks'))).toEqual([]);
    });

    test('needs a user, and says so to the model', async () => {
      const run = await follow(
        server.client.interactStream({ message: 'Show my tasks', persona_id: 'todo-assistant' }),
      );

      expect(run.status).toBe('completed');
      expect(eventsOf(run.events, 'tool_call.completed')).toMatchObject([
        { name: 'get_todo_tasks', status: 'failed', result: expect.stringContaining('user_id') },
      ]);
    });
  });

  test('several calls of one turn run side by side, and the model gets all results', async () => {
    const run = await runWhoseModelSays({
      text: 'Let me see.',
      toolCalls: [
        { name: 'calculate', arguments: { expression: '2 ^ 10' } },
        { name: 'current_time', arguments: {} },
        { name: 'calculate', arguments: { expression: '7 * 6' } },
      ],
    });

    expect(run.status).toBe('completed');
    expect(eventsOf(run.events, 'tool_call.requested').map(({ name }) => name)).toEqual([
      'calculate',
      'current_time',
      'calculate',
    ]);
    const results = eventsOf(run.events, 'tool_call.completed').map(({ result }) => result);
    expect(results).toEqual(expect.arrayContaining(['1024', '42', expect.stringMatching(/^\d{4}-\d\d-\d\d|20\d\d/)]));
    const asked = server.simulator.requests.filter(({ request }) => request?.stream);
    expect(asked).toHaveLength(2);
    const told = asked[1]?.request?.messages.filter(({ role }) => role === 'tool').map(({ text }) => text);
    expect(told).toEqual(['1024', expect.any(String), '42']);
    const { data: steps } = await server.client.runs.steps(run.runId);
    expect(steps[1]?.tool_calls.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed']);
  });

  test.each<[string, NonNullable<SimulatedReply['toolCalls']>[number], RegExp]>([
    ['an unknown tool', { name: 'calculat', arguments: {} }, /no tool "calculat".*Did you mean calculate/],
    ['missing arguments', { name: 'calculate', arguments: {} }, /"expression" is required/],
    ['arguments of a wrong type', { name: 'calculate', arguments: { expression: 7 } }, /"expression" must be string/],
    ['arguments that are no JSON', { name: 'calculate', arguments: '{"expression": ' }, /must be one JSON object/],
    ['a tool that fails', { name: 'calculate', arguments: { expression: '2 +' } }, /./],
  ])('%s is told to the model, and the run goes on', async (_case, call, message) => {
    const run = await runWhoseModelSays({ toolCalls: [call] });

    expect(run.status).toBe('completed');
    expect(eventsOf(run.events, 'tool_call.completed')).toMatchObject([
      { name: call.name, status: 'failed', result: expect.stringMatching(message) },
    ]);
    const told = server.simulator.requests.findLast(({ request }) => request?.stream)?.request?.messages.at(-1);
    expect(told).toMatchObject({ role: 'tool', text: expect.stringMatching(message) });
  });

  test('good calls run although another one of the turn is refused', async () => {
    const run = await runWhoseModelSays({
      toolCalls: [
        { name: 'no_such_tool', arguments: {} },
        { name: 'calculate', arguments: { expression: '6 * 7' } },
      ],
    });

    expect(run.status).toBe('completed');
    expect(eventsOf(run.events, 'tool_call.completed')).toMatchObject([
      { name: 'no_such_tool', status: 'failed' },
      { name: 'calculate', status: 'completed', result: '42' },
    ]);
  });

  test('a model that never stops calling is stopped after max_turns, with what it said', async () => {
    const agent = await server.client.agents.create({
      name: 'Restless',
      slug: 'restless',
      definition: { role: 'You never stop.' },
      tools: ['calculate'],
      max_turns: 3,
    });
    server.simulator.setRules([
      {
        when: { stream: true, hasTools: true },
        reply: { text: 'Once more.', toolCalls: [{ name: 'calculate', arguments: { expression: '1 + 1' } }] },
      },
    ]);
    const run = await follow(server.client.interactStream({ message: 'Go.', persona_id: agent.slug }));

    expect(run.status).toBe('completed');
    expect(eventsOf(run.events, 'run.completed')).toMatchObject([{ stop_reason: 'max_turns' }]);
    expect(eventsOf(run.events, 'step.started')).toHaveLength(3);
    expect(run.text).toBe('Once more.');
    server.simulator.reset();
    const next = await server.client.interact({ message: 'And now?', thread_id: run.threadId });
    expect(next.status).toBe('completed');
  });
});
