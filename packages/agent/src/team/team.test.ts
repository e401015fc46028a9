import { describe, expect, test } from '@jest/globals';
import type { RunEventBody } from '@troupe/contracts';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { Agent } from '../agent/agent.js';
import { testEnvironment } from '../agent/agent.test-environment.js';
import type { AgentOptions } from '../agent/agent-options.js';
import { parallel } from './parallel.js';
import { roundRobin } from './round-robin.js';
import { router } from './router.js';
import { supervisor } from './supervisor.js';
import { Team } from './team.js';

function hire(name: string, script: ScriptedTurn[], options: Partial<AgentOptions> = {}) {
  const model = new ScriptedModel(script, { id: `scripted/${name}` });
  return {
    model,
    agent: new Agent({ name, role: `You are ${name}.`, model, environment: testEnvironment(), ...options }),
  };
}

const textsOf = (model: ScriptedModel, call: number) =>
  model.requests[call]?.messages.map(({ role, content }) => [
    role,
    ...content.map((part) => (part.type === 'text' ? part.text : part.type)),
  ]);

describe('a team', () => {
  test('round-robin: each reads the ones before, and the last one answers', async () => {
    const writer = hire('Writer', [answer('Roses are red.'), answer('Roses are crimson.')]);
    const critic = hire('Critic', [answer('Say crimson.'), answer('Good.')]);
    const team = new Team({
      name: 'Poets',
      members: [writer.agent, critic.agent],
      strategy: roundRobin({ rounds: 2 }),
    });
    const events: RunEventBody[] = [];
    const answered = await team.run('A line on roses.', { onEvent: (event) => events.push(event) });
    expect(answered).toMatchObject({ text: 'Good.', agent: 'Critic', usage: { total_tokens: 60 } });
    expect(textsOf(writer.model, 1)).toEqual([
      ['user', 'A line on roses.'],
      ['assistant', 'Roses are red.'],
      ['user', 'Critic: Say crimson.'],
    ]);
    expect(textsOf(critic.model, 0)).toEqual([['user', 'A line on roses.\n\nWriter: Roses are red.']]);
    const spoke = events.map(({ type, data }) => ('agent' in data ? `${type} ${data.agent}` : type));
    expect(spoke.slice(0, 4)).toEqual([
      'subrun.started Writer',
      'subrun.completed Writer',
      'subrun.started Critic',
      'subrun.completed Critic',
    ]);
    expect(team.transcript.map(({ speaker }) => speaker)).toEqual([null, 'Writer', 'Critic', 'Writer', 'Critic']);
  });

  test('round-robin ends where it is told to', async () => {
    const writer = hire('Writer', [answer('Done.')]);
    const critic = hire('Critic', []);
    const strategy = roundRobin({ rounds: 9, until: (text) => text === 'Done.' });
    const team = new Team({ name: 'Poets', members: [writer.agent, critic.agent], strategy });
    expect(await team.run('Go')).toMatchObject({ text: 'Done.', agent: 'Writer' });
  });

  test('router: a model chooses by what the members say of themselves, and they share the conversation', async () => {
    const maths = hire('Maths', [answer('4')], { description: 'Knows sums.' });
    const history = hire('History', [answer('In 1291.')], { description: 'Knows the past.' });
    const model = new ScriptedModel([answer('{"value":"Maths"}'), answer('{"value":"History"}')]);
    const team = new Team({ name: 'Tutors', members: [maths.agent, history.agent], strategy: router({ model }) });
    expect(await team.run('2 + 2?')).toMatchObject({ text: '4', agent: 'Maths', usage: { total_tokens: 30 } });
    expect(model.requests[0]?.system).toContain('- Maths: Knows sums.\n- History: Knows the past.');
    expect(await team.run('And when was the oath?')).toMatchObject({ text: 'In 1291.', agent: 'History' });
    expect(textsOf(history.model, 0)).toEqual([['user', '2 + 2?\n\nMaths: 4\n\nAnd when was the oath?']]);
  });

  test('parallel: all at once, merged by a function', async () => {
    const members = ['a', 'b', 'c'].map((name) => hire(name, [answer(name.toUpperCase())]).agent);
    const merge = (answers: readonly { agent: string; text: string }[]) => answers.map(({ text }) => text).join('+');
    const team = new Team({ name: 'Panel', members, strategy: parallel({ merge }) });
    expect(await team.run('Go')).toMatchObject({ text: 'A+B+C', agent: null, usage: { total_tokens: 45 } });
    expect(team.transcript).toEqual([
      { speaker: null, text: 'Go' },
      { speaker: 'Panel', text: 'A+B+C' },
    ]);
  });

  test('parallel: merged by an agent, without the member that failed', async () => {
    const good = hire('Good', [answer('Yes.')]);
    const bad = hire('Bad', [{ type: 'error', error: new Error('Broken.') }]);
    const editor = hire('Editor', [answer('They say yes.')]);
    const team = new Team({
      name: 'Panel',
      members: [good.agent, bad.agent],
      strategy: parallel({ merge: editor.agent }),
    });
    expect(await team.chat('Really?')).toBe('They say yes.');
    expect(textsOf(editor.model, 0)).toEqual([['user', '# Question\nReally?\n\n# Good\nYes.']]);
  });

  test('parallel: when all fail the team does, and the conversation stays as it was', async () => {
    const bad = hire('Bad', [{ type: 'error', error: new Error('Broken.') }]);
    const team = new Team({ name: 'Panel', members: [bad.agent], strategy: parallel({ merge: () => '' }) });
    await expect(team.chat('Really?')).rejects.toThrow('Broken.');
    expect(team.transcript).toEqual([]);
  });

  test('supervisor: one agent calls the others and answers', async () => {
    const clerk = hire('Clerk', [answer('Two rooms.')], { description: 'Knows the rooms.' });
    const model = new ScriptedModel([
      callTools([{ name: 'ask_clerk', arguments: { input: 'Rooms?' } }]),
      answer('There are two rooms.'),
    ]);
    const team = new Team({
      name: 'Hotel',
      members: [clerk.agent],
      strategy: supervisor(
        (tools) => new Agent({ name: 'Manager', role: 'You manage.', model, environment: testEnvironment(), tools }),
      ),
    });
    expect(await team.run('Any rooms?')).toMatchObject({
      text: 'There are two rooms.',
      agent: 'Manager',
      usage: { total_tokens: 45 },
    });
    expect(model.requests[0]?.tools).toMatchObject([{ name: 'ask_clerk', description: 'Knows the rooms.' }]);
  });

  test('is a member of a team and a tool of an agent, and what it takes is theirs', async () => {
    const inner = new Team({
      name: 'Inner',
      description: 'Knows all.',
      members: [hire('Deep', [answer('42')]).agent],
      strategy: roundRobin(),
    });
    const boss = hire('Boss', [callTools([{ name: 'ask_inner', arguments: { input: 'x' } }]), answer('It is 42.')], {
      tools: [inner.asTool()],
    });
    const events: RunEventBody[] = [];
    const answered = await boss.agent.run('Go', { onEvent: (event) => events.push(event) });
    expect(answered).toMatchObject({ text: 'It is 42.', usage: { total_tokens: 45 } });
    expect(events.find(({ type }) => type === 'subrun.started')?.data).toMatchObject({ agent: 'Deep' });
  });

  test('ends with its signal', async () => {
    const stop = new AbortController();
    const team = new Team({ name: 'Slow', members: [hire('a', [{ type: 'hang' }]).agent], strategy: roundRobin() });
    const running = team.run('Go', { signal: stop.signal });
    setImmediate(() => stop.abort(new Error('enough')));
    await expect(running).rejects.toThrow('enough');
  });

  test('takes one message at a time', async () => {
    const team = new Team({ name: 'Slow', members: [hire('a', [answer('1')]).agent], strategy: roundRobin() });
    const first = team.chat('Go');
    await expect(team.chat('Go')).rejects.toMatchObject({ code: 'thread_busy' });
    await first;
  });

  test.each([
    ['nobody', [], /has no members/],
    ['two of one name', ['a', 'a'], /same name/],
  ])('of %s is refused', (_, names, message) => {
    const members = names.map((name) => hire(name, []).agent);
    expect(() => new Team({ name: 'T', members, strategy: roundRobin() })).toThrow(message);
  });
});
