import { describe, expect, test } from '@jest/globals';
import type { Guardrail, RunLimits } from '@troupe/contracts';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { parallel } from '../team/parallel.js';
import { Team } from '../team/team.js';
import { Agent } from './agent.js';
import { testEnvironment } from './agent.test-environment.js';
import type { AgentOptions } from './agent-options.js';

const look = {
  name: 'look',
  description: 'Looks.',
  parameters: { type: 'object' },
  effect: 'read' as const,
  timeoutMs: 1_000,
  execute: async () => 'nothing',
};

/** Asks for as much as it may have: a call of a tool in every turn. */
const greedy = (): ScriptedTurn => ({
  type: 'reply',
  reply: ({ toolChoice }) => (toolChoice === 'none' ? answer('Enough.') : callTools([{ name: 'look', arguments: {} }])),
});

function hire(name: string, script: ScriptedTurn[], options: Partial<AgentOptions> = {}) {
  const model = new ScriptedModel(script, { id: `scripted/${name}` });
  const agent = new Agent({
    name,
    role: `You are ${name}.`,
    model,
    maxTurns: 50,
    environment: testEnvironment(),
    ...options,
  });
  return { agent, model };
}

const clerk = () => hire('clerk', Array.from({ length: 200 }, greedy), { tools: [look] });
const ask = (times: number) =>
  callTools(Array.from({ length: times }, () => ({ name: 'ask_clerk', arguments: { input: 'x' } })));

async function spend(times: number, limits: RunLimits, script: ScriptedTurn[] = [ask(times), answer('Done.')]) {
  const { agent: worker, model } = clerk();
  const boss = hire('boss', script, { tools: [worker.asTool()], limits });
  const outcome = await boss.agent.run('Go').catch((error: unknown) => error);
  return { outcome, below: model.requests.length, above: boss.model.requests.length };
}

describe('agents that work at once for another', () => {
  test.each([2, 3, 8])('%d of them take no more requests together than it has left', async (times) => {
    const { below, above } = await spend(times, { max_requests: 20 });
    expect([below, above]).toEqual([18, 2]);
  });

  test('take no more tokens together than it has left', async () => {
    const { below } = await spend(4, { max_total_tokens: 1_000 });
    // Each request of the script takes 15.
    expect(below * 15).toBeLessThanOrEqual(1_000 - 15);
    expect(below).toBeGreaterThan(12);
  });

  test('take no more money together than it has left, by its prices', async () => {
    const prices = { priceOf: () => ({ cost: 0.01, priceVersion: 'test' }) };
    const { agent: worker, model } = clerk();
    const limits = { max_cost_usd: 0.2 };
    const boss = hire('boss', [ask(5), answer('Done.')], { tools: [worker.asTool()], limits, prices });
    await boss.agent.run('Go').catch(() => undefined);
    expect(model.requests.length).toBeGreaterThan(0);
    expect(model.requests.length + boss.model.requests.length).toBeLessThanOrEqual(20);
  });

  test('make no more calls of tools together than it has left', async () => {
    const { below } = await spend(2, { max_tool_calls: 6 });
    // Two are those of the agents: each has two left, and a request after them.
    expect(below).toBe(6);
  });

  test('are counted by it one after the other too', async () => {
    const { below, above } = await spend(1, { max_requests: 12 }, [ask(1), ask(1), ask(1), answer('Done.')]);
    expect(below + above).toBeLessThanOrEqual(12);
  });

  test('are not all begun where too little is left', async () => {
    const { outcome, below } = await spend(8, { max_requests: 4 });
    expect(outcome).toMatchObject({ text: 'Done.' });
    expect(below).toBe(2);
  });
});

test('a team takes no more than the one that calls it may, however its members work', async () => {
  const members = ['a', 'b', 'c'].map((name) => hire(name, Array.from({ length: 90 }, greedy), { tools: [look] }));
  const merger = hire('merger', [answer('All.')]);
  const team = new Team({
    name: 'team',
    members: members.map(({ agent }) => agent),
    strategy: parallel({ merge: merger.agent }),
  });
  const script = [callTools([{ name: 'ask_team', arguments: { input: 'x' } }]), answer('Done.')];
  const boss = hire('boss', script, { tools: [team.asTool()], limits: { max_requests: 20 } });
  await boss.agent.run('Go').catch(() => undefined);
  const requests = [...members, merger, boss].reduce((all, { model }) => all + model.requests.length, 0);
  expect(requests).toBeLessThanOrEqual(20);
  expect(requests).toBeGreaterThan(12);
});

test('judges take from the limits of a run like its model, wherever they stand', async () => {
  const verdict = () => answer('{"reason": "", "violates": false}');
  const judge = new ScriptedModel(Array.from({ length: 9 }, verdict), { id: 'scripted/judge' });
  const guardrails: Guardrail[] = [
    { name: 'j', on: ['input', 'tool_input', 'tool_output', 'output'], check: { type: 'judge', instructions: 'X.' } },
  ];
  const script = [callTools([{ name: 'look', arguments: {} }]), answer('Done.')];
  const { agent } = hire('a', script, { tools: [look], judge, guardrails });
  const { usage } = await agent.run('Go');
  expect(judge.requests).toHaveLength(4);
  expect(usage.total_tokens).toBe(6 * 15);
  const strict = hire('b', script, { tools: [look], guardrails, judge, limits: { max_requests: 3 } });
  expect(await strict.agent.run('Go')).toMatchObject({ stopReason: 'usage_limit', usage: { total_tokens: 45 } });
});
