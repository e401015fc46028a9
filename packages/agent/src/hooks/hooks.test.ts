import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { Agent } from '../agent/agent.js';
import type { AgentEnvironment } from '../agent/agent-environment.js';
import type { AgentOptions } from '../agent/agent-options.js';
import type { Hooks } from './hooks.js';

async function unused(): Promise<never> {
  throw new Error('not used here');
}

let ids = 0;
const troubles: unknown[] = [];
const environment: AgentEnvironment = {
  newId: () => `id-${++ids}`,
  now: () => new Date('2026-03-01T12:00:00Z'),
  startTimeout: () => ({ signal: new AbortController().signal, clear: () => undefined }),
  todos: { add: unused, list: unused, complete: unused },
  onTrouble: (error) => troubles.push(error),
};

function payTool(): Tool & { called: JsonObject[] } {
  const called: JsonObject[] = [];
  return {
    name: 'pay',
    description: 'Pays.',
    parameters: { type: 'object', properties: { euros: { type: 'number' } } },
    effect: 'effect',
    timeoutMs: 1_000,
    called,
    execute: async (args) => {
      called.push(args);
      return 'paid';
    },
  };
}

const pays = callTools([{ name: 'pay', arguments: { euros: 80 } }]);

function agentWith(
  hooks: Hooks | Hooks[],
  script: ScriptedTurn[] = [pays, answer('Done.')],
  more: Partial<AgentOptions> = {},
) {
  const model = new ScriptedModel(script);
  const tool = payTool();
  const agent = new Agent({ name: 'Payer', role: 'You pay.', model, environment, tools: [tool], hooks, ...more });
  const result = () => {
    const part = model.requests.at(-1)?.messages.at(-1)?.content[0];
    return part?.type === 'tool_result' ? part.content : undefined;
  };
  return { agent, model, tool, result };
}

const JOINTS = [
  'beforeRun',
  'afterRun',
  'beforeTurn',
  'afterTurn',
  'beforeModelCall',
  'afterModelCall',
  'beforeToolCall',
  'afterToolCall',
  'onStop',
] as const;

describe('hooks', () => {
  test('stand at every joint of a run, in its order', async () => {
    const seen: string[] = [];
    const hooks: Hooks = Object.fromEntries(
      JOINTS.map((joint) => [
        joint,
        ({ agent, threadId }: { agent: string; threadId: string }) => {
          expect([agent, threadId]).toEqual(['Payer', expect.any(String)]);
          seen.push(joint);
        },
      ]),
    );
    expect(await agentWith(hooks).agent.chat('Pay!')).toBe('Done.');
    expect(seen).toEqual([
      'beforeRun',
      'beforeTurn',
      'beforeModelCall',
      'afterModelCall',
      'beforeToolCall',
      'afterToolCall',
      'afterTurn',
      'beforeTurn',
      'beforeModelCall',
      'afterModelCall',
      'afterTurn',
      'onStop',
      'afterRun',
    ]);
  });

  test.each(['beforeRun', 'beforeTurn', 'beforeModelCall'] as const)('%s can end the run', async (joint) => {
    const { agent } = agentWith({ [joint]: () => ({ deny: 'Not on Sundays.' }), onError: 'open' });
    await expect(agent.chat('Pay!')).rejects.toMatchObject({ code: 'hook_denied', message: 'Not on Sundays.' });
    expect(agent.messages).toEqual([]);
  });

  test('change what the model is asked and what it says', async () => {
    const { agent, model } = agentWith(
      {
        beforeModelCall: (_context, { request }) => ({ ...request, system: `${request.system} Be brief.` }),
        afterModelCall: (_context, { response }) => ({ ...response, content: [{ type: 'text', text: 'Instead.' }] }),
      },
      [answer('Long.')],
    );
    expect(await agent.chat('Hello')).toBe('Instead.');
    expect(model.requests[0]?.system).toMatch(/Be brief\.$/);
  });

  test('change the arguments of a call and its result', async () => {
    const { agent, tool, result } = agentWith([
      { beforeToolCall: (_context, { call }) => ({ arguments: { euros: Number(call.arguments.euros) / 2 } }) },
      { beforeToolCall: (_context, { call }) => ({ arguments: { euros: Number(call.arguments.euros) + 1 } }) },
      { afterToolCall: (_context, { result: { content } }) => `${content}, all of it` },
    ]);
    await agent.chat('Pay!');
    expect(tool.called).toEqual([{ euros: 41 }]);
    expect(result()).toBe('paid, all of it');
  });

  test('whose arguments do not fit the tool deny the call', async () => {
    const { agent, tool, result } = agentWith({ beforeToolCall: () => ({ arguments: { euros: 'many' } }) });
    await agent.chat('Pay!');
    expect(tool.called).toEqual([]);
    expect(result()).toContain('a hook changed its arguments');
  });

  test.each<[string, Hooks[], Partial<AgentOptions>, boolean]>([
    ['deny, whatever the others allow', [{ beforeToolCall: () => ({ decision: 'allow' }) }, denying()], {}, false],
    ['allow, and nobody is asked', [{ beforeToolCall: () => ({ decision: 'allow' }) }], asking(), true],
    [
      'allow, and what is denied stays denied',
      [{ beforeToolCall: () => ({ decision: 'allow' }) }],
      { deniedTools: ['pay'] },
      false,
    ],
    ['want somebody asked, and nobody is there', [{ beforeToolCall: () => ({ decision: 'ask' }) }], {}, false],
    [
      'want somebody asked, which no later one takes back',
      [{ beforeToolCall: () => ({ decision: 'ask' }) }, { beforeToolCall: () => ({ decision: 'allow' }) }],
      {},
      false,
    ],
    ['say nothing', [{ beforeToolCall: () => undefined }], {}, true],
  ])('of calls: they %s', async (_what, hooks, more, made) => {
    const { agent, tool } = agentWith(hooks, undefined, more);
    await agent.chat('Pay!');
    expect(tool.called).toHaveLength(made ? 1 : 0);
  });

  function denying(): Hooks {
    return { beforeToolCall: () => ({ decision: 'deny', message: 'No.' }) };
  }

  function asking(): Partial<AgentOptions> {
    return { approvals: [{ tools: ['*'] }] };
  }

  test('let a run go on that was about to stop, within its turns', async () => {
    let stops = 0;
    const onStop: Hooks['onStop'] = (_context, { text }) => {
      stops += 1;
      return text === 'Done.' ? undefined : { goOn: 'You did not say that you are done.' };
    };
    const { agent, model } = agentWith({ onStop }, [answer('Well.'), answer('Done.')]);
    expect(await agent.chat('Pay!')).toBe('Done.');
    expect(model.requests.at(-1)?.messages.at(-1)?.content).toEqual([
      { type: 'text', text: 'You did not say that you are done.' },
    ]);
    const restless = agentWith({ onStop: () => ({ goOn: 'More.' }) }, [answer('1'), answer('2')], { maxTurns: 2 });
    expect(await restless.agent.chat('Pay!')).toBe('2');
    expect(stops).toBe(2);
  });
});

describe('a hook that fails', () => {
  const fail = () => {
    throw new Error('no line');
  };

  test('denies the call that it stands before, and withholds the result that it stands after', async () => {
    const before = agentWith({ beforeToolCall: fail });
    await before.agent.chat('Pay!');
    expect([before.tool.called, before.result()]).toEqual([[], expect.stringContaining('a check of this call failed')]);
    const after = agentWith({ afterToolCall: fail });
    await after.agent.chat('Pay!');
    expect(after.result()).toContain('withheld');
  });

  test.each(JOINTS.filter((joint) => !joint.endsWith('ToolCall')))('ends the run at %s', async (joint) => {
    await expect(agentWith({ [joint]: fail }).agent.chat('Pay!')).rejects.toThrow('no line');
  });

  test.each(JOINTS)('is passed over at %s where its policy is open, and somebody hears of it', async (joint) => {
    troubles.length = 0;
    const { agent, tool } = agentWith({ [joint]: fail, onError: 'open' });
    expect(await agent.chat('Pay!')).toBe('Done.');
    expect(tool.called).toHaveLength(1);
    expect(troubles.length).toBeGreaterThan(0);
  });
});
