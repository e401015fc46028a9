import { describe, expect, test } from '@jest/globals';
import type { RunEventBody } from '@troupe/contracts';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { Agent } from './agent.js';
import { testEnvironment } from './agent.test-environment.js';
import type { AgentOptions } from './agent-options.js';

function makeAgent(name: string, script: ScriptedTurn[], options: Partial<AgentOptions> = {}) {
  const model = new ScriptedModel(script, { id: `scripted/${name}` });
  return {
    agent: new Agent({ name, role: `You are ${name}.`, model, environment: testEnvironment(), ...options }),
    model,
  };
}

const ask = (name: string, input: string) => callTools([{ name: `ask_${name}`, arguments: { input } }]);

describe('an agent as a tool', () => {
  test('answers on a thread of its own, and what it uses is used by the one that calls', async () => {
    const expert = makeAgent('expert', [answer('4'), answer('9')], { description: 'Knows sums.' });
    const followed: string[] = [];
    const tool = expert.agent.asTool({ onEvent: ({ type }, { agent }) => followed.push(`${agent} ${type}`) });
    const boss = makeAgent('boss', [ask('expert', '2 + 2?'), answer('It is 4.')], { tools: [tool] });
    const events: RunEventBody[] = [];
    const outcome = await boss.agent.run('Help me.', { onEvent: (event) => events.push(event) });
    expect(outcome).toMatchObject({ text: 'It is 4.', agent: 'boss', usage: { total_tokens: 45 } });
    expect(boss.model.requests[0]?.tools).toMatchObject([{ name: 'ask_expert', description: 'Knows sums.' }]);
    expect(expert.model.requests[0]?.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: '2 + 2?' }] }]);
    expect(expert.agent.messages).toEqual([]);
    const [started, completed] = events.filter(({ type }) => type.startsWith('subrun.'));
    expect(started?.data).toMatchObject({ tool_call_id: 'call_1', agent: 'expert' });
    expect(completed?.data).toMatchObject({ tool_call_id: 'call_1', status: 'completed', usage: { total_tokens: 15 } });
    expect(followed).toEqual([
      'expert run.started',
      'expert step.started',
      'expert text.delta',
      'expert usage.recorded',
      'expert message.completed',
      'expert run.completed',
    ]);
    boss.model.enqueue(ask('expert', '3 * 3?'), answer('9.'));
    await boss.agent.chat('More.');
    expect(expert.model.requests[1]?.messages).toHaveLength(1);
  });

  test('takes other arguments than a text, and reads them as JSON', async () => {
    const inputSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const expert = makeAgent('expert', [answer('Sunny.')]);
    const tool = expert.agent.asTool({ name: 'weather_of', description: 'Weather.', inputSchema });
    const boss = makeAgent('boss', [callTools([{ name: 'weather_of', arguments: { city: 'Bern' } }]), answer('Sun!')], {
      tools: [tool],
    });
    await boss.agent.chat('Weather?');
    expect(expert.model.requests[0]?.messages[0]?.content).toEqual([{ type: 'text', text: '{\n  "city": "Bern"\n}' }]);
  });

  test('its failure is a failed result, with what it used', async () => {
    const failing: ScriptedTurn = { type: 'error', error: new Error('Broken.') };
    const expert = makeAgent('expert', [callTools([{ name: 'nothing', arguments: {} }]), failing]);
    const boss = makeAgent('boss', [ask('expert', 'x'), answer('Sorry.')], { tools: [expert.agent.asTool()] });
    const events: RunEventBody[] = [];
    const { usage } = await boss.agent.run('Go', { onEvent: (event) => events.push(event) });
    expect(usage.total_tokens).toBe(45);
    expect(boss.model.requests[1]?.messages.at(-1)?.content).toMatchObject([
      { status: 'failed', content: 'Error: Broken.' },
    ]);
    expect(events.find(({ type }) => type === 'subrun.completed')?.data).toMatchObject({ status: 'failed' });
  });

  test('agents call each other three deep and no deeper', async () => {
    const d = makeAgent('d', [answer('never')]);
    const c = makeAgent('c', [ask('d', 'x'), answer('c')], { tools: [d.agent.asTool({ maxDepth: 2 })] });
    const b = makeAgent('b', [ask('c', 'x'), answer('b')], { tools: [c.agent.asTool()] });
    const a = makeAgent('a', [ask('b', 'x'), answer('a')], { tools: [b.agent.asTool()] });
    expect(await a.agent.chat('Go')).toBe('a');
    expect(c.model.requests[1]?.messages.at(-1)?.content).toMatchObject([
      { status: 'failed', content: 'Error: d is not asked: agents may call each other 2 deep. Do it without.' },
    ]);
    expect(d.model.requests).toHaveLength(0);
  });

  test('is stopped with the one that calls', async () => {
    const expert = makeAgent('expert', [{ type: 'hang' }]);
    const boss = makeAgent('boss', [ask('expert', 'x')], { tools: [expert.agent.asTool()] });
    const stop = new AbortController();
    const events: RunEventBody[] = [];
    const running = boss.agent.run('Go', {
      signal: stop.signal,
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'subrun.started') setImmediate(() => stop.abort(new Error('enough')));
      },
    });
    await expect(running).rejects.toThrow('enough');
    expect(events.find(({ type }) => type === 'subrun.completed')?.data).toMatchObject({ status: 'cancelled' });
  });
});
