import { describe, expect, test } from '@jest/globals';
import type { RunLimits } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import { estimateRequestTokens } from '../usage/estimate-request-tokens.js';
import { limitedRequest, spentUp } from './limited-request.js';
import { NOTHING_SPENT, type RunSpent } from './run-spent.js';

const request: ModelRequest = {
  system: 'You help.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'word '.repeat(200) }] }],
  tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }],
};
const input = estimateRequestTokens(request);

/** A dollar for a million tokens of input, ten for output. */
const costOf = (tokens: { input: number; output: number }) => (tokens.input + 10 * tokens.output) / 1_000_000;
const unknown = () => undefined;

function spent(changes: Partial<RunSpent['usage']> & { requests?: number; toolCalls?: number }): RunSpent {
  const { requests = 1, toolCalls = 0, ...usage } = changes;
  return { requests, toolCalls, usage: { ...NOTHING_SPENT.usage, ...usage } };
}

function limit(limits: RunLimits, before: RunSpent = NOTHING_SPENT, prices: typeof costOf | typeof unknown = costOf) {
  return limitedRequest(request, limits, before, prices);
}

describe('limitedRequest', () => {
  test('without limits it is the request as it was', () => {
    expect(limit({})).toEqual({ request });
    expect(limit({ max_total_tokens: 1_000_000, max_cost_usd: 100, max_requests: 9 })).toEqual({ request });
  });

  test('the last request that may be sent has no tools', () => {
    expect(limit({ max_requests: 2 }, spent({ requests: 1 }))).toEqual({
      request: { ...request, toolChoice: 'none' },
      final: 'usage_limit',
    });
    expect(limit({ max_tool_calls: 3 }, spent({ toolCalls: 3 })).final).toBe('usage_limit');
    expect(limit({ max_tool_calls: 3 }, spent({ toolCalls: 2 })).final).toBeUndefined();
  });

  test('one more than may be sent is an error that says what bound it', () => {
    expect(() => limit({ max_requests: 2 }, spent({ requests: 2 }))).toThrow(
      expect.objectContaining({
        code: 'run_limit_exceeded',
        fault: 'caller',
        details: { limit: 'max_requests', allowed: 2, used: 2 },
      }),
    );
  });

  test('tokens: output is bounded by what is left after the input, and the turn is the last when another does not fit', () => {
    const limits = { max_total_tokens: 1_000 + 3 * input };
    const first = limit(limits, spent({ total_tokens: 100, input_tokens: 50, output_tokens: 50 }));
    expect(first.request.settings).toEqual({ max_tokens: 900 + 2 * input });
    expect(first.final).toBeUndefined();
    const last = limit(limits, spent({ total_tokens: 1_000 + input, input_tokens: 1_000, output_tokens: input }));
    expect(last.request).toMatchObject({ toolChoice: 'none', settings: { max_tokens: input } });
    expect(last.final).toBe('usage_limit');
    expect(() => limit(limits, spent({ total_tokens: 1_000 + 2 * input }))).toThrow(/max_total_tokens/);
  });

  test('output: what is left of it bounds the answer, unless the agent allows less', () => {
    const before = spent({ output_tokens: 900, total_tokens: 950 });
    expect(limit({ max_output_tokens: 1_000 }, before).request.settings).toEqual({ max_tokens: 100 });
    const modest: ModelRequest = { ...request, settings: { max_tokens: 50, temperature: 0 } };
    expect(limitedRequest(modest, { max_output_tokens: 1_000 }, before, costOf).request).toBe(modest);
    expect(() => limit({ max_output_tokens: 900 }, before)).toThrow(/max_output_tokens/);
  });

  test('thoughts have to fit in', () => {
    const thinking: ModelRequest = { ...request, settings: { reasoning: { max_tokens: 1_024 } } };
    expect(() => limitedRequest(thinking, { max_output_tokens: 1_024 }, NOTHING_SPENT, costOf)).toThrow(/max_output/);
    expect(limitedRequest(thinking, { max_output_tokens: 2_000 }, NOTHING_SPENT, costOf).request.settings).toEqual({
      reasoning: { max_tokens: 1_024 },
      max_tokens: 2_000,
    });
  });

  test('money: the answer is bounded by what it may cost', () => {
    const inputCost = input / 1_000_000;
    const limits = { max_cost_usd: 0.01 };
    const left = limit(limits, spent({ cost: 0.01 - inputCost - 0.001, total_tokens: 1 }));
    expect(left.request.settings?.max_tokens).toBeCloseTo(100, -1);
    expect(left.request.settings?.max_tokens).toBeLessThanOrEqual(100);
    expect(limit(limits, spent({ cost: 0.01 - 1.5 * inputCost, total_tokens: 1 })).final).toBe('budget');
    expect(() => limit(limits, spent({ cost: 0.01, total_tokens: 1 }))).toThrow(
      expect.objectContaining({
        code: 'budget_exceeded',
        details: { limit: 'max_cost_usd', allowed: 0.01, used: 0.01 },
      }),
    );
  });

  test('money: nothing is sent where nobody knows the price', () => {
    expect(() => limit({ max_cost_usd: 5 }, NOTHING_SPENT, unknown)).toThrow(/nobody knows what a call/);
    expect(() => limit({ max_cost_usd: 5 }, spent({ total_tokens: 10, cost: null }))).toThrow(/nobody knows/);
  });

  test('a model that costs nothing is not bound by money', () => {
    expect(limit({ max_cost_usd: 0.5 }, NOTHING_SPENT, () => 0)).toEqual({ request });
  });
});

describe('spentUp', () => {
  test.each<[RunLimits, string | undefined]>([
    [{}, undefined],
    [{ max_requests: 3 }, 'usage_limit'],
    [{ max_requests: 4 }, undefined],
    [{ max_total_tokens: 100 }, 'usage_limit'],
    [{ max_output_tokens: 41 }, undefined],
    [{ max_output_tokens: 40 }, 'usage_limit'],
    [{ max_cost_usd: 0.2 }, 'budget'],
  ])('%j', (limits, reason) => {
    const taken = spent({ requests: 3, input_tokens: 60, output_tokens: 40, total_tokens: 100, cost: 0.25 });
    expect(spentUp(limits, taken)).toBe(reason);
  });
});
