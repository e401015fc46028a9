import { describe, expect, test } from '@jest/globals';
import type { JsonObject, RunEventBody } from '@troupe/contracts';
import type { Approve, Tool } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { Agent } from './agent.js';
import type { AgentEnvironment } from './agent-environment.js';
import type { AgentOptions } from './agent-options.js';

async function unused(): Promise<never> {
  throw new Error('not used here');
}

let ids = 0;
const environment: AgentEnvironment = {
  newId: () => `id-${++ids}`,
  now: () => new Date('2026-03-01T12:00:00Z'),
  startTimeout: (milliseconds, reason) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(reason()), milliseconds);
    return { signal: controller.signal, clear: () => clearTimeout(timer) };
  },
  todos: { add: unused, list: unused, complete: unused },
  onTrouble: () => undefined,
};

/** A tool that remembers what it was called with. */
function tool(name: string, changes: Partial<Tool> = {}): Tool & { called: JsonObject[] } {
  const called: JsonObject[] = [];
  return {
    name,
    description: 'Does something.',
    parameters: { type: 'object', properties: { euros: { type: 'number' } } },
    effect: 'effect',
    timeoutMs: 1_000,
    ...changes,
    called,
    execute: async (args) => {
      called.push(args);
      return `did ${name}`;
    },
  };
}

const pay = (euros: number) => callTools([{ name: 'pay', arguments: { euros } }]);

function agentWith(script: ScriptedTurn[], options: Partial<AgentOptions> = {}) {
  const model = new ScriptedModel(script);
  const events: RunEventBody[] = [];
  const agent = new Agent({ role: 'You pay.', model, environment, ...options });
  const chat = (text = 'Hello', more = {}) => agent.chat(text, { onEvent: (event) => events.push(event), ...more });
  const results = () => {
    const content = model.requests.at(-1)?.messages.at(-1)?.content ?? [];
    return content.flatMap((part) => (part.type === 'tool_result' ? part.content : []));
  };
  const types = () => events.map(({ type }) => type).filter((type) => /^(tool_call|approval)/.test(type));
  return { agent, model, chat, results, events, types };
}

describe('an agent whose calls need approval', () => {
  const rules = [
    { tools: ['pay'], when: { argument: 'euros', op: 'gt', value: 50 }, ask: 'Pay?', roles: ['boss'] },
  ] as const;
  const approvals = rules.map((rule) => ({ ...rule, tools: [...rule.tools], roles: [...rule.roles] }));

  test('asks, tells who follows, and does what was decided', async () => {
    const tools = [tool('pay')];
    const asked: unknown[] = [];
    const approve: Approve = ({ signal: _, ...request }) => {
      asked.push(request);
      return true;
    };
    const { chat, types, events } = agentWith([pay(80), pay(20), answer('Paid.')], { tools, approvals, approve });
    expect(await chat()).toBe('Paid.');
    expect(asked).toMatchObject([
      { name: 'pay', arguments: { euros: 80 }, question: 'Pay?', roles: ['boss'], reason: 'rule', userId: null },
    ]);
    expect(tools[0]?.called).toEqual([{ euros: 80 }, { euros: 20 }]);
    expect(types()).toEqual([
      'tool_call.requested',
      'approval.requested',
      'approval.decided',
      'tool_call.completed',
      'tool_call.requested',
      'tool_call.completed',
    ]);
    expect(events.find(({ type }) => type === 'approval.decided')?.data).toMatchObject({ state: 'approved' });
  });

  test.each<[string, Approve | undefined, string]>([
    ['nobody is there', undefined, 'It needs approval, and nobody is here to give it.'],
    ['it was not approved', () => false, 'Not run: it was not approved.'],
    ['a message came with it', async () => ({ approved: false, message: 'Ask the boss.' }), 'approved. Ask the boss.'],
    ['who decides fails', () => Promise.reject(new Error('no line')), 'It could not be found out: no line'],
    ['its arguments were changed into others that do not fit', () => changed('many'), '"euros" must be number'],
  ])('does not run a call when %s, and tells the model', async (_why, approve, message) => {
    const tools = [tool('pay')];
    const { chat, results } = agentWith([pay(80), answer('I see.')], { tools, approvals, approve });
    await chat();
    expect(tools[0]?.called).toEqual([]);
    expect(results()[0]).toContain(message);
  });

  const changed = (euros: unknown) => ({ approved: true, arguments: { euros } as JsonObject });

  test('runs a call with the arguments that a person gave it, and says so', async () => {
    const tools = [tool('pay')];
    const { chat, results } = agentWith([pay(80), answer('Ok.')], { tools, approvals, approve: () => changed(10) });
    await chat();
    expect(tools[0]?.called).toEqual([{ euros: 10 }]);
    expect(results()[0]).toBe(
      '[A person changed the arguments of this call before it was made: {"euros":10}]\ndid pay',
    );
  });

  test.each([
    ['run', 2],
    ['thread', 1],
  ] as const)('asks once for a decision that holds for the %s', async (sticky, times) => {
    let asked = 0;
    const approve: Approve = () => {
      asked += 1;
      return { approved: true, sticky, role: 'boss' };
    };
    const script = [pay(80), pay(90), answer('Paid.'), pay(100), answer('Again.')];
    const { chat, agent } = agentWith(script, { tools: [tool('pay')], approvals, approve });
    await chat();
    expect(asked).toBe(1);
    await chat();
    expect(asked).toBe(times);
    agent.newThread();
  });

  test('goes on without people whose time is over, as the rule says', async () => {
    const waiting = () => new Promise<never>(() => undefined);
    for (const [on_expiry, called] of [
      ['approve', 1],
      ['reject', 0],
    ] as const) {
      const rule = { tools: ['pay'], expires_in_seconds: 0.01, on_expiry };
      const tools = [tool('pay')];
      const { chat, events } = agentWith([pay(80), answer('Ok.')], { tools, approvals: [rule], approve: waiting });
      await chat();
      expect(tools[0]?.called).toHaveLength(called);
      expect(events.find(({ type }) => type === 'approval.decided')?.data).toMatchObject({ state: 'expired' });
    }
    const rule = { tools: ['pay'], expires_in_seconds: 0.01, on_expiry: 'fail' as const };
    const { chat } = agentWith([pay(80)], { tools: [tool('pay')], approvals: [rule], approve: waiting });
    await expect(chat()).rejects.toMatchObject({ code: 'approval_expired' });
  });

  test('waits for no person after its run was aborted', async () => {
    const controller = new AbortController();
    const approve = () => {
      controller.abort(new Error('enough'));
      return new Promise<never>(() => undefined);
    };
    const { chat } = agentWith([pay(80)], { tools: [tool('pay')], approvals, approve });
    await expect(chat('Hello', { signal: controller.signal })).rejects.toThrow('enough');
  });

  test('asks when its tool says so, or fails to say', async () => {
    const names: string[] = [];
    const tools = [
      tool('mail', { needsApproval: async ({ euros }) => Number(euros) > 50 }),
      tool('broken', { needsApproval: () => Promise.reject(new Error('no rates')) }),
    ];
    const calls = [80, 20].map((euros) => ({ name: 'mail', arguments: { euros } }));
    const approve: Approve = ({ name, reason }) => {
      names.push(`${name} ${reason}`);
      return true;
    };
    const { chat } = agentWith([callTools([...calls, { name: 'broken', arguments: {} }]), answer('Ok.')], {
      tools,
      approve,
    });
    await chat();
    expect(names).toEqual(['mail tool', 'broken tool']);
    expect(tools.map(({ called }) => called.length)).toEqual([2, 1]);
  });

  test('asks once text of strangers is in the conversation', async () => {
    const look = tool('look', { effect: 'read' });
    const reasons: string[] = [];
    const approve: Approve = ({ reason }) => {
      reasons.push(reason);
      return false;
    };
    const script = [pay(1), callTools([{ name: 'look', arguments: {} }]), pay(1), answer('Ok.')];
    const paying = tool('pay', { trusted: true });
    const { chat } = agentWith(script, { tools: [paying, look], untrusted: {}, approve });
    await chat();
    expect(reasons).toEqual(['untrusted']);
    expect(paying.called).toHaveLength(1);
  });
});

describe('the modes', () => {
  test.each([
    ['plan', [], 'only plans'],
    ['bypass', [{ euros: 80 }], 'did pay'],
  ] as const)('of an agent, or of a message: %s', async (permissionMode, called, told) => {
    for (const ofMessage of [true, false]) {
      const tools = [tool('pay')];
      const options = { tools, approvals: [{ tools: ['*'] }], ...(!ofMessage && { permissionMode }) };
      const { chat, results } = agentWith([pay(80), answer('Ok.')], options);
      await chat('Hello', ofMessage ? { permissionMode } : {});
      expect(tools[0]?.called).toEqual(called);
      expect(results()[0]).toContain(told);
    }
  });

  test('do not make what is denied', async () => {
    const tools = [tool('pay')];
    const options = { tools, deniedTools: ['effect'], permissionMode: 'bypass' as const };
    const { chat, results } = agentWith([pay(80), answer('Ok.')], options);
    await chat();
    expect([tools[0]?.called, results()[0]]).toEqual([[], 'Error: Not run: pay is not allowed here.']);
  });
});

describe('a question of the agent', () => {
  const ask = tool('ask_user', { effect: 'read', asksUser: true, parameters: { type: 'object' } });
  const question = (args: JsonObject) =>
    callTools([{ name: 'ask_user', arguments: { question: 'How many?', ...args } }]);

  test('is answered, and the answer is checked', async () => {
    const script = [question({ response_schema: { type: 'integer' } }), answer('Ok.')];
    const asked: unknown[] = [];
    const { chat, results } = agentWith(script, {
      tools: [ask],
      onQuestion: ({ question: text, responseSchema }) => {
        asked.push([text, responseSchema]);
        return 12;
      },
    });
    await chat();
    expect(asked).toEqual([['How many?', { type: 'integer' }]]);
    expect(results()).toEqual(['12']);
  });

  test.each([
    ['nobody answers', undefined, 'Nobody is here to answer.'],
    ['the answer does not fit', () => 'many', 'must be'],
  ])('the model is told when %s', async (_why, onQuestion, message) => {
    const script = [question({ response_schema: { type: 'integer' } }), answer('Ok.')];
    const { chat, results } = agentWith(script, { tools: [ask], onQuestion });
    await chat();
    expect(results()[0]).toContain(message);
    expect(ask.called).toEqual([]);
  });
});
