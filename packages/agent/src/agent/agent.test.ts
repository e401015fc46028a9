import { describe, expect, test } from '@jest/globals';
import type { JsonValue, RunEventBody } from '@troupe/contracts';
import type { Tool, ToolContext, ToolFor } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { Agent } from './agent.js';
import type { AgentEnvironment } from './agent-environment.js';
import type { AgentOptions } from './agent-options.js';

function environment(changes: Partial<AgentEnvironment> = {}): AgentEnvironment {
  let ids = 0;
  return {
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    now: () => new Date('2026-03-01T12:00:00Z'),
    startTimeout: () => ({ signal: new AbortController().signal, clear: () => undefined }),
    onTrouble: () => undefined,
    todos: { add: unused, list: unused, complete: unused },
    ...changes,
  };
}

async function unused(): Promise<never> {
  throw new Error('not used here');
}

function tool(execute: (context: ToolContext) => Promise<JsonValue>): Tool {
  return {
    name: 'look',
    description: 'Looks around.',
    parameters: { type: 'object', properties: {} },
    effect: 'read',
    timeoutMs: 40,
    execute: (_, context) => execute(context),
  };
}

function agentWith(script: ScriptedTurn[], options: Partial<AgentOptions> = {}) {
  const model = new ScriptedModel(script);
  return { model, agent: new Agent({ role: 'You help.', model, environment: environment(), ...options }) };
}

const look = callTools([{ name: 'look', arguments: {} }]);

describe('Agent', () => {
  test('continues its thread', async () => {
    const { agent, model } = agentWith([answer('Hello!'), answer('Of course.')]);
    expect(await agent.chat('Hi')).toBe('Hello!');
    expect(await agent.chat('Remember me?')).toBe('Of course.');
    expect(model.requests[1]).toMatchObject({ system: 'You help.', messages: { length: 3 } });
  });

  test('begins a new thread', async () => {
    const { agent, model } = agentWith([answer('Hello!'), answer('Hello?')]);
    await agent.chat('Hi');
    const before = agent.threadId;
    agent.newThread();
    await agent.chat('Hi again');
    expect(model.requests[1]?.messages).toHaveLength(1);
    expect(agent.threadId).not.toBe(before);
  });

  test('streams the answer in pieces', async () => {
    const { agent } = agentWith([answer('one two three')]);
    const pieces: string[] = [];
    for await (const piece of agent.stream('Count')) pieces.push(piece);
    expect(pieces).toEqual(['one', ' two', ' three']);
    expect(agent.messages).toHaveLength(2);
  });

  test('leaving a stream early ends the run and leaves the thread as it was', async () => {
    const { agent, model } = agentWith([
      { type: 'hang', after: [{ type: 'text.delta', delta: 'one' }] },
      answer('Yes'),
    ]);
    for await (const piece of agent.stream('Count')) {
      expect(piece).toBe('one');
      break;
    }
    expect(agent.messages).toEqual([]);
    expect(await agent.chat('Still there?')).toBe('Yes');
    expect(model.requests[1]?.messages).toHaveLength(1);
  });

  test('a stream that fails gives what came before, then the error', async () => {
    const error = new Error('upstream broke');
    const { agent } = agentWith([{ type: 'error', error, after: [{ type: 'text.delta', delta: 'one' }] }]);
    const pieces: string[] = [];
    const reading = (async () => {
      for await (const piece of agent.stream('Count')) pieces.push(piece);
    })();
    await expect(reading).rejects.toBe(error);
    expect(pieces).toEqual(['one']);
  });

  test('runs tools in parallel, with a context of their run', async () => {
    const contexts: ToolContext[] = [];
    let arrived = 0;
    const both = Promise.withResolvers<void>();
    const parallel = tool(async (context) => {
      contexts.push(context);
      arrived += 1;
      if (arrived === 2) both.resolve();
      await both.promise;
      return 'seen';
    });
    const twice = callTools([
      { name: 'look', arguments: {} },
      { name: 'look', arguments: {} },
    ]);
    const { agent } = agentWith([twice, answer('Nothing there.')], { tools: [parallel], userId: 'ada' });
    expect(await agent.chat('Look!')).toBe('Nothing there.');
    expect(contexts).toMatchObject([
      { userId: 'ada', threadId: 'id-1', runId: 'id-2', idempotencyKey: 'id-2/call_1' },
      { userId: 'ada', threadId: 'id-1', runId: 'id-2', idempotencyKey: 'id-2/call_2' },
    ]);
  });

  test('a tool that takes too long is given up, and the model is told', async () => {
    const startTimeout: AgentEnvironment['startTimeout'] = (milliseconds, reason) => {
      expect(milliseconds).toBe(40);
      return { signal: AbortSignal.abort(reason()), clear: () => undefined };
    };
    const endless = tool(() => new Promise(() => undefined));
    const { agent, model } = agentWith([look, answer('It hangs.')], {
      tools: [endless],
      environment: environment({ startTimeout }),
    });
    expect(await agent.chat('Look!')).toBe('It hangs.');
    expect(model.requests[1]?.messages.at(-1)?.content[0]).toMatchObject({
      status: 'failed',
      content: expect.stringContaining('look took longer than 40 ms'),
    });
  });

  test('goes on with messages that were kept of another agent', async () => {
    const { agent: first } = agentWith([look, answer('A tree.')], { tools: [tool(async () => 'a tree')] });
    await first.chat('Look around');
    const kept = JSON.parse(JSON.stringify(first.messages));
    const { agent, model } = agentWith([answer('A tree, as I said.')]);
    agent.newThread(kept);
    expect(agent.messages).toHaveLength(4);
    await agent.chat('What was it?');
    expect(model.requests[0]?.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
    expect(first.messages).toHaveLength(4);
  });

  test.each([
    ['a text in place of parts', { role: 'user', content: 'Hi' }],
    ['a role that is none', { role: 'system', content: [{ type: 'text', text: 'Hi' }] }],
    ['a part that is none', { role: 'user', content: [null] }],
  ])('refuses to begin with %s', (_what, message) => {
    const { agent } = agentWith([]);
    const kept = JSON.parse(JSON.stringify([message]));
    expect(() => agent.newThread(kept)).toThrow('messages[0] is no message');
  });

  test('a stream that is aborted tells nothing more, also of what has arrived', async () => {
    const pieces = ['one', 'two', 'three'].map((delta) => ({ type: 'text.delta' as const, delta }));
    const { agent } = agentWith([{ type: 'hang', after: pieces }, answer('Well?')]);
    const controller = new AbortController();
    const told: string[] = [];
    const reading = (async () => {
      for await (const piece of agent.stream('Count', { signal: controller.signal })) {
        told.push(piece);
        controller.abort(new Error('enough'));
      }
    })();
    await expect(reading).rejects.toThrow('enough');
    expect(told).toHaveLength(1);
    expect(agent.messages).toEqual([]);
    expect(await agent.chat('Are you there?')).toBe('Well?');
  });

  test('aborting ends the run, also while a tool is busy', async () => {
    const controller = new AbortController();
    const busy = tool(() => {
      controller.abort(new Error('enough'));
      return new Promise(() => undefined);
    });
    const { agent } = agentWith([look], { tools: [busy] });
    await expect(agent.chat('Look!', { signal: controller.signal })).rejects.toThrow('enough');
    expect(agent.messages).toEqual([]);
  });

  test('its tools can search its own thread', async () => {
    const search = tool(({ services, tenantId, threadId }) =>
      services.threadSearch.search({ tenantId, threadId }, 'villain morwen', 5).then((hits) => hits.length),
    );
    const { agent, model } = agentWith([answer('Noted.'), look, answer('Once.')], { tools: [search] });
    await agent.chat('The villain is Morwen.');
    await agent.chat('How often did I mention her?');
    expect(model.requests[2]?.messages.at(-1)?.content[0]).toMatchObject({ content: '1' });
  });

  test('runs one message at a time', async () => {
    const { agent } = agentWith([answer('one')]);
    const first = agent.chat('first');
    await expect(agent.chat('second')).rejects.toMatchObject({ code: 'thread_busy' });
    expect(() => agent.newThread()).toThrow('still answering');
    expect(await first).toBe('one');
  });

  test('tells its events and what a run took', async () => {
    const events: RunEventBody[] = [];
    const { agent } = agentWith([answer('Hi')]);
    const result = await agent.run('Hello', { onEvent: (event) => events.push(event) });
    expect(result).toMatchObject({ text: 'Hi', stopReason: 'end_turn', usage: { total_tokens: 15 } });
    expect(events.map((event) => event.type)).toEqual([
      'run.started',
      'step.started',
      'text.delta',
      'usage.recorded',
      'message.completed',
      'run.completed',
    ]);
    expect(events.at(-1)?.data).toMatchObject({ stop_reason: 'end_turn', usage: result.usage });
  });

  test('compiles its definition and facts to the system prompt', () => {
    const { agent } = agentWith([], {
      definition: { role: 'You host.', goal: 'Happy guests.' },
      facts: [{ key: 'name', value: 'Phil' }],
    });
    expect(agent.systemPrompt).toMatch(/^You host\.\n\n# Goal\nHappy guests\.\n\n# About the user\n/);
  });

  test('its tools have its dependencies and its user, or those of the message', async () => {
    const seen: unknown[] = [];
    const withDeps: ToolFor<{ shop: string }> = {
      ...tool(async () => null),
      execute: async (_, { deps, userId, progress }) => {
        progress({ percent: 50 });
        seen.push([deps.shop, userId]);
        return null;
      },
    };
    const model = new ScriptedModel([look, answer('one'), look, answer('two')]);
    const options = { role: 'You sell.', model, environment: environment(), tools: [withDeps], userId: 'ada' };
    const agent = new Agent({ ...options, deps: { shop: 'Lisbon' } });
    await agent.chat('Look!', { onProgress: (progress) => seen.push(progress) });
    for await (const _ of agent.stream('Look!', { deps: { shop: 'Porto' }, userId: 'bob' }));
    const progress = { tool_call_id: 'call_1', name: 'look', update: { percent: 50 } };
    expect(seen).toEqual([progress, ['Lisbon', 'ada'], ['Porto', 'bob']]);
  });

  test('a call that is not approved is not made, and the model is told', async () => {
    const careful: Tool = {
      ...tool(async () => {
        throw new Error('called');
      }),
      needsApproval: async () => true,
    };
    const { agent, model } = agentWith([look, answer('I may not.')], { tools: [careful], approve: () => false });
    await agent.chat('Look!');
    expect(model.requests[1]?.messages.at(-1)?.content[0]).toMatchObject({
      status: 'failed',
      content: expect.stringContaining('not approved'),
    });
  });

  describe('with a summary window', () => {
    const memory = { type: 'summary_window' as const, last: 2 };

    test('summarizes what leaves the window, and shows the summary in its place', async () => {
      const { agent, model } = agentWith(
        [answer('one'), answer('two'), answer('They counted to one.'), answer('three')],
        { memory },
      );
      for (const text of ['1', '2', '3']) await agent.chat(text);
      expect(model.requests[2]?.messages[0]?.content).toMatchObject([{ text: expect.stringContaining('one') }]);
      expect(model.requests[3]?.system).toContain('They counted to one.');
      expect(model.requests[3]?.messages[0]?.content).toMatchObject([{ text: '2' }]);
    });

    test('a summary that fails leaves the messages in view, and is written after the next', async () => {
      const error = new Error('no summary');
      const { agent, model } = agentWith(
        [
          answer('one'),
          answer('two'),
          { type: 'error', error },
          answer('three'),
          answer('All counted.'),
          answer('four'),
        ],
        { memory },
      );
      for (const text of ['1', '2', '3', '4']) await agent.chat(text);
      expect(model.requests[3]).toMatchObject({ system: 'You help.', messages: { length: 5 } });
      expect(model.requests[5]?.system).toContain('All counted.');
    });
  });

  test('needs a role or a definition', () => {
    expect(() => agentWith([], { role: undefined })).toThrow('An agent needs a role or a definition');
  });
});
