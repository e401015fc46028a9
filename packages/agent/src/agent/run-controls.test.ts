import { describe, expect, test } from '@jest/globals';
import type { RunEventBody } from '@troupe/contracts';
import type { PriceBook, Tool } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { Agent } from './agent.js';
import type { AgentOptions } from './agent-options.js';

function agentWith(script: ScriptedTurn[], options: Partial<AgentOptions> = {}) {
  const model = new ScriptedModel(script);
  let ids = 0;
  const agent = new Agent({
    role: 'You count.',
    model,
    environment: {
      newId: () => `id-${++ids}`,
      now: () => new Date(0),
      startTimeout: () => ({ signal: new AbortController().signal, clear: () => undefined }),
      todos: { add: never, list: never, complete: never },
      onTrouble: (error) => {
        throw error;
      },
    },
    ...options,
  });
  return { agent, model };
}

function never(): never {
  throw new Error('No test keeps tasks.');
}

function tool(name: string, execute: Tool['execute'] = async () => `${name} says so`): Tool {
  return { name, description: 'Works.', parameters: { type: 'object' }, effect: 'read', timeoutMs: 1_000, execute };
}

const calls = (...names: string[]) => callTools(names.map((name) => ({ name, arguments: {} })));
/** A dollar for a thousand tokens. */
const prices: PriceBook = {
  priceOf: (_model, { inputTokens, outputTokens }) => ({
    cost: (inputTokens + outputTokens) / 1_000,
    priceVersion: 'test',
  }),
};

describe('limits', () => {
  test('of agent and message the lower one holds, and the last request has no tools', async () => {
    const { agent, model } = agentWith([calls('look'), calls('look')], {
      tools: [tool('look')],
      limits: { max_requests: 5 },
    });
    expect(await agent.run('Go', { limits: { max_requests: 2 } })).toMatchObject({ stopReason: 'usage_limit' });
    expect(model.requests.map(({ toolChoice }) => toolChoice)).toEqual([undefined, 'none']);
  });

  test('what cannot be sent is an error, told as the end of the run; the thread stays as it was', async () => {
    const { agent } = agentWith([]);
    const events: RunEventBody[] = [];
    const running = agent.run('Go', { limits: { max_total_tokens: 1 }, onEvent: (event) => events.push(event) });
    await expect(running).rejects.toMatchObject({ code: 'run_limit_exceeded', details: { limit: 'max_total_tokens' } });
    expect(events.map(({ type }) => type)).toEqual(['run.started', 'run.failed']);
    expect(events.at(-1)?.data).toMatchObject({ stop_reason: 'usage_limit', error: { code: 'run_limit_exceeded' } });
    expect(agent.messages).toEqual([]);
  });

  test('money is limited where prices are given, and told with the usage', async () => {
    const { agent, model } = agentWith([answer('Hi')], { prices, limits: { max_cost_usd: 0.2 } });
    expect(await agent.run('Go')).toMatchObject({ usage: { cost: 0.015 } });
    expect(model.requests[0]?.settings?.max_tokens).toBeLessThan(200);
    await expect(agentWith([], { limits: { max_cost_usd: 0.2 } }).agent.chat('Go')).rejects.toThrow(/nobody knows/);
  });

  test('a message begins with the whole of what it may take', async () => {
    const { agent } = agentWith([answer('One'), answer('Two')], { limits: { max_requests: 1 } });
    expect(await agent.chat('Go')).toBe('One');
    expect(await agent.chat('Go on')).toBe('Two');
  });
});

describe('the choice of tools', () => {
  test('a forced tool is forced in the first turn, by the message before the agent', async () => {
    const { agent, model } = agentWith([calls('look'), answer('Done')], {
      tools: [tool('look')],
      toolChoice: 'none',
    });
    await agent.chat('Go', { toolChoice: { tool: 'look' } });
    expect(model.requests.map(({ toolChoice }) => toolChoice)).toEqual([{ name: 'look' }, undefined]);
  });

  test('so many calls at once run at the same time, and no more', async () => {
    let running = 0;
    let most = 0;
    const wait = tool('wait', async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return 'done';
    });
    const { agent, model } = agentWith([calls('wait', 'wait', 'wait', 'wait', 'wait'), answer('Done')], {
      tools: [wait],
      maxParallelToolCalls: 2,
    });
    await agent.chat('Go');
    expect(most).toBe(2);
    const results = model.requests[1]?.messages.at(-1)?.content ?? [];
    expect(results.map((part) => part.type === 'tool_result' && part.status)).toEqual(Array(5).fill('completed'));
  });

  test('a call that waits for its turn is not begun when the run is aborted', async () => {
    const controller = new AbortController();
    let begun = 0;
    const stop = tool('stop', async () => {
      begun += 1;
      controller.abort(new Error('enough'));
      return 'stopped';
    });
    const { agent } = agentWith([calls('stop', 'stop')], { tools: [stop], maxParallelToolCalls: 1 });
    const events: RunEventBody[] = [];
    const running = agent.run('Go', { signal: controller.signal, onEvent: (event) => events.push(event) });
    await expect(running).rejects.toThrow('enough');
    expect(begun).toBe(1);
    expect(events.at(-1)?.type).toBe('run.cancelled');
  });
});

describe('stop conditions', () => {
  test('the result of a tool is the answer, and joins the thread as one', async () => {
    const { agent } = agentWith([calls('look', 'book')], {
      tools: [tool('look'), tool('book')],
      stopOnTools: ['book'],
    });
    expect(await agent.run('Go')).toMatchObject({ text: 'book says so', stopReason: 'stop_tool' });
    expect(agent.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
  });

  test('a function decides by all results', async () => {
    const { agent } = agentWith([calls('look'), calls('look', 'look'), answer('never')], {
      tools: [tool('look')],
      stopWhen: (results) => (results.length > 1 ? `${results.length} results` : undefined),
    });
    expect(await agent.chat('Go')).toBe('2 results');
  });

  test('a result that is no valid output does not end the run', async () => {
    const { agent } = agentWith([calls('look'), answer('{"n":1}')], {
      tools: [tool('look')],
      stopOnTools: ['look'],
    });
    const schema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
    expect(await agent.object('Go', { schema })).toEqual({ n: 1 });
  });

  test('a result that is one is the output', async () => {
    const { agent } = agentWith([calls('look')], {
      tools: [tool('look', async () => ({ n: 2 }))],
      stopOnTools: ['look'],
    });
    expect(await agent.object('Go', { schema: { type: 'object', required: ['n'] } })).toEqual({ n: 2 });
  });
});
