import { describe, expect, test } from '@jest/globals';
import type { RunLimits } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import type { AcceptedCall } from '../turn/decide-next.js';
import { withRunsBelow } from './runs-below.js';
import { shareLimits } from './share-limits.js';

const sum = (shares: RunLimits[], name: keyof RunLimits) => shares.reduce((all, share) => all + (share[name] ?? 0), 0);

describe('shareLimits', () => {
  test.each([1, 2, 3, 7, 8])('%d runs get all that is left and no more', (runs) => {
    const left: RunLimits = { max_total_tokens: 985, max_requests: 9, max_cost_usd: 0.1, max_tool_calls: 3 };
    const shares = shareLimits(left, runs);
    expect(shares).toHaveLength(runs);
    expect([sum(shares, 'max_total_tokens'), sum(shares, 'max_requests'), sum(shares, 'max_tool_calls')]).toEqual([
      985, 9, 3,
    ]);
    expect(sum(shares, 'max_cost_usd')).toBeLessThanOrEqual(0.1);
    expect(sum(shares, 'max_cost_usd')).toBeGreaterThan(0.099_999);
  });

  test.each<[RunLimits, number]>([
    [{ max_requests: 2 }, 2],
    [{ max_requests: 0 }, 0],
    [{ max_cost_usd: 0 }, 0],
    [{ max_total_tokens: 3, max_requests: 100 }, 3],
    [{ max_tool_calls: 0 }, 5],
    [{}, 5],
  ])('of five runs %j is enough for %d', (left, able) => {
    expect(shareLimits(left, 5)).toHaveLength(able);
  });
});

describe('withRunsBelow', () => {
  const clerk = { name: 'ask_clerk', runsAgent: true } as Tool;
  const look = { name: 'look' } as Tool;
  const call = (id: string, tool: Tool): AcceptedCall => ({
    part: { type: 'tool_call', id, name: tool.name, arguments: {} },
    tool,
  });

  test('calls that wait for people have their share like others, and tools have none', () => {
    const round = { calls: [call('a', look), call('b', clerk)], asking: [call('c', clerk)] };
    const { calls, asking, refused } = withRunsBelow(round, () => ({
      left: { max_total_tokens: 11 },
      untrusted: true,
    }));
    expect(calls.map(({ below }) => below)).toEqual([undefined, { limits: { max_total_tokens: 6 }, untrusted: true }]);
    expect(asking[0]?.below).toEqual({ limits: { max_total_tokens: 5 }, untrusted: true });
    expect(refused).toEqual([]);
  });

  test('a request is kept for the answer of the run itself, and calls beyond the rest are not made', () => {
    const round = { calls: [call('a', clerk), call('b', clerk), call('c', clerk)], asking: [] };
    const { calls, refused } = withRunsBelow(round, () => ({ left: { max_requests: 3 }, untrusted: false }));
    expect(calls.map(({ below }) => below?.limits)).toEqual([{ max_requests: 1 }, { max_requests: 1 }]);
    expect(refused).toMatchObject([
      { part: { id: 'c' }, result: { status: 'failed', content: expect.stringContaining('enough for 2 agents') } },
    ]);
    const none = withRunsBelow(round, () => ({ left: { max_requests: 1 }, untrusted: false }));
    expect(none).toMatchObject({ calls: [], refused: { length: 3 } });
  });
});
