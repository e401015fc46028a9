import { afterAll, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import type { LimitScope } from '@troupe/spec';
import { testRedisUrl } from '@troupe/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { MemoryCallLimiter } from '../memory/memory-call-limiter.js';
import type { MeteredLimiter } from '../metered-limiter.js';
import { type LimiterAct, limiterActs, limitsOfSchedule } from '../testing/limiter-schedule.js';
import { RedisCallLimiter } from './redis-call-limiter.js';

const redis = new Redis(testRedisUrl());
afterAll(() => redis.disconnect());

function perform(limiter: MeteredLimiter, scope: LimitScope, act: LimiterAct): Promise<unknown> {
  switch (act.do) {
    case 'acquire':
      return limiter.acquire(scope, {
        id: String(act.call),
        tokens: { input: act.input, output: act.output },
        tenant: String(act.tenant),
        weight: act.weight,
        priority: act.background ? 'background' : 'interactive',
      });
    case 'settle':
      return limiter.settle(scope, String(act.call), { input: act.input, output: act.output });
    case 'leave':
      return limiter.leave(scope, String(act.call));
    case 'renew':
      return limiter.renew(scope, [String(act.call)]);
    case 'pause':
      return limiter.tighten(scope, { pauseMs: act.pauseMs });
    case 'succeed':
      return limiter.tighten(scope, { succeeded: true });
    case 'lower':
      return limiter.tighten(scope, { remaining: { requests: act.requests, tokens: act.tokens } });
  }
}

test('the script and the memory give the same answers to any schedule', async () => {
  const schedule = fc.tuple(limitsOfSchedule, fc.array(limiterActs, { minLength: 1, maxLength: 120 }));
  const property = fc.asyncProperty(schedule, async ([limits, acts]) => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const scope = { provider: 'test', account: 'first', model: newId() };
    const memory = new MemoryCallLimiter({ limitsOf: () => limits, now: () => now });
    const shared = new RedisCallLimiter({ redis, limitsOf: () => limits, clock: () => now, timeoutMs: 5_000 });
    for (const act of acts) {
      now += act.afterMs;
      const [expected, actual] = await Promise.all([perform(memory, scope, act), perform(shared, scope, act)]);
      expect(actual).toEqual(expected);
      if (act.do === 'acquire') continue;
      // A pause's end is told by the machine's own clock, which stands still here.
      const [{ pausedUntil: _, ...theirs }, { pausedUntil: __, ...ours }] = await Promise.all([
        memory.state(scope),
        shared.state(scope),
      ]);
      expect(ours).toEqual(theirs);
    }
  });
  await fc.assert(property, { numRuns: 500, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false });
}, 60_000);
