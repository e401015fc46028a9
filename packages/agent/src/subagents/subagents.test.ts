import { describe, expect, test } from '@jest/globals';
import type { Tool } from '@troupe/spec';
import { agentInput, MAX_FAN_OUT, offeredAgents } from './agent-tool-schema.js';
import { boundFanOut } from './bound-fan-out.js';
import { limitsLeft } from './limits-left.js';
import { subrunResult } from './subrun-result.js';

describe('agents as tools', () => {
  test('those that are there are offered, under their own name or one that is given', () => {
    const others = [{ slug: 'math-tutor', name: 'Math Tutor', description: null }];
    const agents = [
      { agent: 'math-tutor' },
      { agent: 'math-tutor', name: 'sum_up', description: 'Sums.' },
      { agent: 'gone' },
    ];
    const offered = [...offeredAgents(agents, others).values()];
    expect(offered.map(({ name, agent, description }) => [name, agent, description])).toEqual([
      ['ask_math_tutor', 'math-tutor', expect.stringContaining('Asks Math Tutor')],
      ['sum_up', 'math-tutor', 'Sums.'],
    ]);
  });

  test.each([
    [{ input: 'Hello' }, 'Hello'],
    [{ input: 'Hello', more: 1 }, '{\n  "input": "Hello",\n  "more": 1\n}'],
    [{ input: 3 }, '{\n  "input": 3\n}'],
  ])('arguments %j are read as %j', (args, text) => {
    expect(agentInput(args)).toBe(text);
  });

  test('a turn calls so many, and the model is told of the others', () => {
    const [look, clerk] = [{ name: 'look' } as Tool, { name: 'ask_clerk', runsAgent: true } as Tool];
    const calls = Array.from({ length: MAX_FAN_OUT + 2 }, (_, index) => ({
      part: { type: 'tool_call' as const, id: String(index), name: index === 0 ? 'look' : 'ask_clerk', arguments: {} },
      tool: index === 0 ? look : clerk,
    }));
    const move = boundFanOut({ kind: 'call_tools', calls, rejected: [], content: [] });
    expect(move).toMatchObject({
      calls: { length: MAX_FAN_OUT + 1 },
      rejected: [{ part: { id: String(MAX_FAN_OUT + 1) }, result: { status: 'failed' } }],
    });
  });

  test.each([
    [{ status: 'completed' as const }, 'completed', 'It is 4.'],
    [{ status: 'failed' as const }, 'failed', 'Error: clerk failed: Too slow.'],
    [{ status: 'cancelled' as const }, 'cancelled', 'Error: the run of clerk was cancelled.'],
    [{ status: 'expired' as const }, 'failed', 'Error: clerk did not answer in time.'],
  ])('an end %j is the result %s', (end, state, result) => {
    const content = [{ type: 'text' as const, text: 'It is 4.' }];
    const error = { code: 'provider_timeout', fault: 'upstream', message: 'Too slow.', retryable: true } as const;
    expect(subrunResult({ agent: 'clerk', content, error, ...end })).toEqual({ state, result });
  });

  test('limits are inherited as what is left of them', () => {
    const usage = { input_tokens: 80, output_tokens: 20, total_tokens: 100, cost: 0.25 };
    const limits = { max_turns: 3, max_total_tokens: 1_000, max_cost_usd: 1, max_requests: 1 };
    expect(limitsLeft(limits, { requests: 2, toolCalls: 0, usage })).toEqual({
      max_total_tokens: 900,
      max_cost_usd: 0.75,
      max_requests: 0,
    });
    expect(limitsLeft(undefined, { requests: 2, toolCalls: 0, usage })).toBeUndefined();
  });
});
