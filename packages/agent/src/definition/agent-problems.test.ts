import { describe, expect, test } from '@jest/globals';
import { agentProblems } from './agent-problems.js';

const configuration = {
  tools: ['calculate', 'roll_dise'],
  handoffs: [{ agent: 'cook' }, { agent: 'cok' }],
  agents: [{ agent: 'waiter' }, { agent: 'baker', name: 'bake' }],
  approvals: [{ tools: ['*', 'effect', 'ask_waiter', 'bake', 'bakee'] }],
  denied_tools: ['calculat'],
};
const known = { tools: ['calculate', 'roll_dice'], agents: ['cook', 'waiter'] };

describe('agentProblems', () => {
  test('finds every tool and agent that is not there, with near matches', () => {
    const problems = agentProblems(configuration, known);
    expect(problems.map(({ path, kind, near_matches }) => [path.join('.'), kind, near_matches])).toEqual([
      ['tools.1', 'tool', ['roll_dice']],
      ['approvals.0.tools.4', 'tool', ['bake']],
      ['denied_tools.0', 'tool', ['calculate']],
      ['handoffs.1.agent', 'agent', ['cook']],
      ['agents.1.agent', 'agent', []],
    ]);
    expect(problems[0]?.message).toBe('There is no tool "roll_dise". Did you mean roll_dice?');
  });

  test('does not check what it does not know', () => {
    const kinds = (names: object) => new Set(agentProblems(configuration, names).map(({ kind }) => kind));
    expect(kinds({ tools: known.tools })).toEqual(new Set(['tool']));
    expect(kinds({ agents: known.agents })).toEqual(new Set(['agent']));
    expect(agentProblems(configuration, {})).toEqual([]);
    expect(agentProblems({}, { tools: [], agents: [] })).toEqual([]);
  });
});
