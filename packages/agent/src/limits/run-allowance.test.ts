import { describe, expect, test } from '@jest/globals';
import type { RunLimits, ToolCallPart, Usage } from '@troupe/contracts';
import type { ModelRequest, Tool } from '@troupe/spec';
import type { NextMove } from '../turn/decide-next.js';
import { effectiveLimits } from './effective-limits.js';
import { RunAllowance } from './run-allowance.js';
import { NOTHING_SPENT } from './run-spent.js';

const tool: Tool = {
  name: 'look',
  description: 'Looks.',
  parameters: { type: 'object', properties: {} },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => null,
};
const request: ModelRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] };
const usage: Usage = {
  input_tokens: 10,
  output_tokens: 5,
  total_tokens: 15,
  cached_input_tokens: 0,
  reasoning_tokens: 0,
  cost: 0.01,
};

function calls(count: number): NextMove {
  const parts = Array.from(
    { length: count },
    (_, index): ToolCallPart => ({ type: 'tool_call', id: `call_${index}`, name: 'look', arguments: {} }),
  );
  const content = [{ type: 'text' as const, text: 'I look.' }, ...parts];
  return { kind: 'call_tools', calls: parts.map((part) => ({ part, tool })), rejected: [], content };
}

function play(limits: RunLimits) {
  const allowance = new RunAllowance(NOTHING_SPENT);
  return {
    allowance,
    turn(move: NextMove): NextMove {
      allowance.limit(request, limits, () => 0.01);
      allowance.charge(usage, 1);
      return allowance.after(move, limits);
    },
  };
}

describe('RunAllowance', () => {
  test('calls beyond the limit are told so, and the turn after them is the last', () => {
    const limits = { max_tool_calls: 3 };
    const { turn, allowance } = play(limits);
    expect(turn(calls(2))).toMatchObject({ calls: [{}, {}], rejected: [] });
    const second = turn(calls(2));
    expect(second).toMatchObject({
      calls: [{ part: { id: 'call_0' } }],
      rejected: [{ part: { id: 'call_1' }, result: { status: 'failed', content: expect.stringContaining('Not run') } }],
    });
    expect(allowance.limit({ ...request, tools: [tool] }, limits, () => 0)).toMatchObject({ toolChoice: 'none' });
    expect(turn(calls(1))).toEqual({
      kind: 'finish',
      stopReason: 'usage_limit',
      text: 'I look.',
      content: [{ type: 'text', text: 'I look.' }],
    });
  });

  test('no tool is called whose result could not be read', () => {
    const { turn } = play({ max_total_tokens: 30 });
    expect(turn(calls(1)).kind).toBe('call_tools');
    expect(turn(calls(1))).toMatchObject({ kind: 'finish', stopReason: 'usage_limit' });
    expect(play({ max_cost_usd: 0.01 }).turn(calls(1))).toMatchObject({ kind: 'finish', stopReason: 'budget' });
  });

  test('an answer is an answer, whatever is left', () => {
    const move: NextMove = { kind: 'finish', stopReason: 'end_turn', text: 'Hi', content: [] };
    expect(play({ max_requests: 1 }).turn(move)).toBe(move);
  });

  test('counts retries and fallbacks as requests', () => {
    const limits = { max_requests: 3 };
    const { allowance } = play(limits);
    allowance.limit(request, limits, () => undefined);
    allowance.charge(usage, 3);
    expect(() => allowance.limit(request, limits, () => undefined)).toThrow(/max_requests/);
  });
});

describe('effectiveLimits', () => {
  test('of each limit the lowest holds', () => {
    expect(effectiveLimits({ max_turns: 5, max_requests: 9 }, undefined, { max_requests: 3, max_cost_usd: 1 })).toEqual(
      {
        max_turns: 5,
        max_requests: 3,
        max_cost_usd: 1,
      },
    );
  });
});
