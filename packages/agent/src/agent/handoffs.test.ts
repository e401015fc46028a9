import { describe, expect, test } from '@jest/globals';
import type { RunEventBody } from '@troupe/contracts';
import type { ToolFor } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { z } from 'zod';
import { handoff } from '../handoff/agent-handoff.js';
import { Agent } from './agent.js';
import { testEnvironment } from './agent.test-environment.js';
import type { AgentOptions } from './agent-options.js';

function makeAgent<Deps = unknown>(
  name: string,
  script: ScriptedTurn[],
  options: Partial<AgentOptions<Deps>> = {},
): { agent: Agent<Deps>; model: ScriptedModel } {
  const model = new ScriptedModel(script, { id: `scripted/${name.toLowerCase().replaceAll(' ', '-')}` });
  const environment = testEnvironment();
  return { agent: new Agent<Deps>({ name, role: `You are ${name}.`, model, environment, ...options }), model };
}

const transfer = (to: string, input: Record<string, string> = {}) =>
  callTools([{ name: `transfer_to_${to}`, arguments: input }]);

const look: ToolFor<unknown> = {
  name: 'look',
  description: 'Looks.',
  parameters: { type: 'object' },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => 'nothing',
};

describe('handoffs in the library', () => {
  test('another agent answers with its own prompt, model and tools, and the thread remembers who speaks', async () => {
    const tutor = makeAgent('Math Tutor', [callTools([{ name: 'look', arguments: {} }]), answer('4.'), answer('9.')], {
      description: 'Knows sums.',
      tools: [look],
    });
    const triage = makeAgent('Triage', [transfer('math_tutor')], { handoffs: [tutor.agent] });
    const events: RunEventBody[] = [];
    const first = await triage.agent.run('2 + 2?', { onEvent: (event) => events.push(event) });
    expect(first).toMatchObject({ text: '4.', agent: 'Math Tutor', usage: { total_tokens: 45 } });
    expect(triage.model.requests[0]?.tools).toEqual([
      {
        name: 'transfer_to_math_tutor',
        description: 'Hands the conversation over to Math Tutor, who answers from then on. Knows sums.',
        parameters: { type: 'object', properties: {}, additionalProperties: false },
      },
    ]);
    expect(tutor.model.requests[0]).toMatchObject({ system: expect.stringContaining('You are Math Tutor.') });
    expect(tutor.model.requests[0]?.tools?.map(({ name }) => name)).toEqual(['look']);
    expect(events.filter(({ type }) => type === 'handoff.occurred')).toEqual([
      {
        type: 'handoff.occurred',
        data: { tool_call_id: 'call_1', from: 'Triage', to: 'Math Tutor', model: 'scripted/math-tutor', input: {} },
      },
    ]);
    expect(await triage.agent.run('3 * 3?')).toMatchObject({ text: '9.', agent: 'Math Tutor' });
    expect(tutor.agent.messages).toEqual([]);

    triage.agent.newThread();
    triage.model.enqueue(answer('Hello again.'));
    expect(await triage.agent.run('Hi')).toMatchObject({ text: 'Hello again.', agent: 'Triage' });
    for (const { model } of [triage, tutor]) model.assertDone();
  });

  test('a typed payload reaches onHandoff, and one that is not valid goes back to the model', async () => {
    const clerk = makeAgent('Clerk', [answer('Refunded.')]);
    const seen: unknown[] = [];
    const refund = handoff(clerk.agent, {
      description: 'For refunds.',
      inputType: z.object({
        euros: z
          .number()
          .max(100)
          .transform((euros) => ({ cents: euros * 100 })),
      }),
      onHandoff: (input, { userId }) => {
        seen.push(input.euros.cents, userId);
      },
    });
    const pay = (euros: number) => callTools([{ name: 'transfer_to_clerk', arguments: { euros } }]);
    const desk = makeAgent('Desk', [pay(500), pay(50)], { handoffs: [refund], userId: 'ann' });
    expect(await desk.agent.chat('Money back!')).toBe('Refunded.');
    expect(seen).toEqual([5_000, 'ann']);
    expect(desk.model.requests[1]?.messages.at(-1)?.content).toMatchObject([
      { status: 'failed', content: expect.stringContaining('"euros" must be <= 100') },
    ]);
  });

  test('what onHandoff throws refuses the handoff, and the model goes on', async () => {
    const clerk = makeAgent('Clerk', []);
    const closed = handoff(clerk.agent, {
      onHandoff: () => {
        throw new Error('The desk is closed.');
      },
    });
    const desk = makeAgent('Desk', [transfer('clerk'), answer('Come tomorrow.')], { handoffs: [closed] });
    expect(await desk.agent.run('Hi')).toMatchObject({ text: 'Come tomorrow.', agent: 'Desk' });
    expect(desk.model.requests[1]?.messages.at(-1)?.content).toMatchObject([
      { status: 'failed', content: 'Error: Not done: The desk is closed.' },
    ]);
  });

  test('a handoff that is not enabled is not offered', async () => {
    const clerk = makeAgent('Clerk', []);
    const asked: unknown[] = [];
    const isEnabled = async ({ deps }: { deps: { open: boolean } }) => {
      asked.push(deps.open);
      return deps.open;
    };
    const desk = makeAgent<{ open: boolean }>('Desk', [transfer('clerk'), answer('No.')], {
      handoffs: [handoff<{ open: boolean }>(clerk.agent, { isEnabled })],
      deps: { open: false },
    });
    expect(await desk.agent.chat('Hi')).toBe('No.');
    expect(desk.model.requests[0]?.tools).toBeUndefined();
    expect(asked).toEqual([false, false]);
  });

  test.each([
    ['full', ['user', 'assistant', 'tool', 'assistant', 'user', 'assistant', 'tool']],
    ['without_tools', ['user', 'assistant', 'user', 'assistant', 'tool']],
    ['last_message', ['user', 'assistant', 'tool']],
  ] as const)('inputFilter %s decides what the other sees, in later messages too', async (inputFilter, roles) => {
    const clerk = makeAgent('Clerk', [answer('One.'), answer('Two.')]);
    const script = [callTools([{ name: 'look', arguments: {} }]), answer('Nothing there.'), transfer('clerk')];
    const desk = makeAgent('Desk', script, { tools: [look], handoffs: [handoff(clerk.agent, { inputFilter })] });
    for (const text of ['Look!', 'The clerk, please.', 'And now?']) await desk.agent.chat(text);
    const seen = clerk.model.requests.map(({ messages }) => messages.map(({ role }) => role));
    expect(seen).toEqual([roles, [...roles, 'assistant', 'user']]);
  });

  test('a filter of your own sees what was said before the handoff', async () => {
    const clerk = makeAgent('Clerk', [answer('One.')]);
    const inputFilter = () => [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'redacted' }] }];
    const desk = makeAgent('Desk', [transfer('clerk')], { handoffs: [handoff(clerk.agent, { inputFilter })] });
    await desk.agent.chat('My number is 1234.');
    const [request] = clerk.model.requests;
    expect(request?.messages[0]?.content).toMatchObject([{ text: 'redacted' }]);
    expect(JSON.stringify(request?.messages)).not.toContain('1234');
  });

  test('agents in a circle come to an end at the turn limit', async () => {
    const a: { agent: Agent; model: ScriptedModel } = makeAgent(
      'A',
      Array.from({ length: 3 }, () => transfer('b')),
      { maxTurns: 2, handoffs: () => [b.agent] },
    );
    const b = makeAgent(
      'B',
      Array.from({ length: 2 }, () => transfer('a')),
      { maxTurns: 5, handoffs: [a.agent] },
    );
    expect(await a.agent.run('Go')).toMatchObject({ stopReason: 'max_turns' });
    expect(a.model.requests.length + b.model.requests.length).toBe(5);
  });

  test('dependencies of the message reach every agent, and an agent without any has those of the first', async () => {
    const seen: unknown[] = [];
    const tell: ToolFor<{ who: string }> = {
      ...look,
      name: 'tell',
      execute: async (_, { deps }) => {
        seen.push(deps.who);
        return 'ok';
      },
    };
    const script = () => [callTools([{ name: 'tell', arguments: {} }]), answer('Done.')];
    const clerk = makeAgent<{ who: string }>('Clerk', [...script(), ...script()], { tools: [tell] });
    const desk = makeAgent<{ who: string }>('Desk', [transfer('clerk')], {
      handoffs: [clerk.agent],
      deps: { who: 'first' },
    });
    await desk.agent.chat('Hi');
    await desk.agent.chat('Hi', { deps: { who: 'message' } });
    expect(seen).toEqual(['first', 'message']);
  });

  test.each([
    [
      'itself',
      () => {
        const list: Agent[] = [];
        const { agent } = makeAgent('A', [], { handoffs: () => list });
        list.push(agent);
        return agent.handoffs;
      },
      /cannot hand over to itself/,
    ],
    [
      'two of one name',
      () => makeAgent('A', [], { handoffs: [makeAgent('B', []).agent, makeAgent('b', []).agent] }),
      /transfer_to_b/,
    ],
    [
      'a name of a tool',
      () =>
        makeAgent('A', [], {
          tools: [{ ...look, name: 'transfer_to_b' }],
          handoffs: [makeAgent('B', []).agent],
        }),
      /transfer_to_b/,
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('what is sent along with a handoff', () => {
  const inputType = z.object({ note: z.string() });
  const emails = { name: 'emails', on: ['input' as const], check: { type: 'pii' as const, kinds: ['email' as const] } };

  test('is input of the agent that takes over: its guardrails change it before it is read', async () => {
    const tutor = makeAgent('Tutor', [answer('Hello.')], { guardrails: [emails] });
    const triage = makeAgent('Triage', [transfer('tutor', { note: 'Write to ann@example.com.' })], {
      handoffs: [handoff(tutor.agent, { inputType })],
    });
    await triage.agent.chat('Hi');
    expect(JSON.stringify(tutor.model.requests)).not.toContain('ann@');
    expect(JSON.stringify(triage.agent.messages)).not.toContain('ann@');
    expect(JSON.stringify(tutor.model.requests[0]?.messages)).toContain('Write to [email address removed].');
  });

  test('ends the run where they block it', async () => {
    const tutor = makeAgent('Tutor', [], { guardrails: [{ ...emails, action: 'block' }] });
    const triage = makeAgent('Triage', [transfer('tutor', { note: 'ann@example.com' })], {
      handoffs: [handoff(tutor.agent, { inputType })],
    });
    expect(await triage.agent.run('Hi')).toMatchObject({ stopReason: 'guardrail' });
    expect(JSON.stringify(triage.agent.messages)).not.toContain('ann@');
  });
});
