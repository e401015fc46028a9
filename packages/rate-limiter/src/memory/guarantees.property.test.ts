import { expect, test } from '@jest/globals';
import type { CallLimits, LimitScope } from '@troupe/spec';
import fc from 'fast-check';
import { costsOf, RATE_DIMENSIONS, rateLimitsOf } from '../rules/rate-dimensions.js';
import { type LimiterAct, limiterActs, limitsOfSchedule } from '../testing/limiter-schedule.js';
import { MemoryCallLimiter } from './memory-call-limiter.js';

const scope: LimitScope = { provider: 'test', account: 'first', model: 'model' };
const BEGIN = Date.parse('2026-01-01T00:00:00Z');
/** However unequally long calls take from the limiter to the provider, within a second. Milliseconds. */
const LONGEST_WAY_MS = 1_000;

interface Sent {
  at: number;
  input: number;
  output: number;
}

/** Performs a schedule, in which no call takes more than was estimated. What reached the provider, and how it ended. */
async function perform(limits: CallLimits, acts: readonly LimiterAct[]) {
  let now = BEGIN;
  const limiter = new MemoryCallLimiter({ limitsOf: () => limits, now: () => now });
  const open = new Map<number, Sent>();
  const sent: Sent[] = [];
  for (const act of acts) {
    now += act.afterMs;
    if (act.do === 'acquire') {
      const tokens = { input: act.input, output: act.output };
      const priority = act.background ? 'background' : 'interactive';
      const call = { id: String(act.call), tokens, tenant: String(act.tenant), weight: act.weight, priority } as const;
      const { underWay } = await limiter.state(scope);
      const { admitted } = await limiter.acquire(scope, call);
      // Asking again for a call that is under way sends nothing.
      if (!admitted || (await limiter.state(scope)).underWay === underWay) continue;
      const one = { at: now, ...tokens };
      open.set(act.call, one);
      sent.push(one);
    } else if (act.do === 'settle') {
      const one = open.get(act.call);
      if (one === undefined) continue;
      const actual = { input: Math.min(act.input, one.input), output: Math.min(act.output, one.output) };
      const before = await limiter.state(scope);
      await limiter.settle(scope, String(act.call), actual);
      // A call that was taken for dead stays as it was estimated.
      if ((await limiter.state(scope)).underWay < before.underWay) Object.assign(one, actual);
      open.delete(act.call);
    } else if (act.do === 'renew') {
      await limiter.renew(scope, [String(act.call)]);
    } else if (act.do === 'pause') {
      await limiter.tighten(scope, { pauseMs: act.pauseMs });
    }
  }
  return { sent, limiter, endAt: (at: number) => (now = at), now };
}

test('whatever happens, no window holds more than its limit, and no place is lost', async () => {
  const schedule = fc.tuple(
    limitsOfSchedule,
    fc.array(limiterActs, { minLength: 20, maxLength: 400 }),
    fc.nat(LONGEST_WAY_MS),
  );
  const property = fc.asyncProperty(schedule, async ([limits, acts, seed]) => {
    const { sent, limiter, endAt, now } = await perform(limits, acts);
    const arrivals = sent.map((one, index) => ({
      ...one,
      at: one.at + ((seed * (index + 1) * 7_919) % LONGEST_WAY_MS),
    }));
    for (const [index, dimension] of RATE_DIMENSIONS.entries()) {
      const limit = rateLimitsOf(limits)[index];
      if (limit === undefined) continue;
      const windowMs = dimension === 'rpd' ? 86_400_000 : 60_000;
      for (const { at } of arrivals) {
        const inWindow = arrivals.filter((other) => other.at >= at && other.at < at + windowMs);
        const used = inWindow.reduce((sum, other) => sum + (costsOf(other)[index] ?? 0), 0);
        expect({ dimension, used: Math.max(used, limit) }).toEqual({ dimension, used: limit });
      }
    }
    endAt(now + 31_000);
    expect((await limiter.state(scope)).underWay).toBe(0);
  });
  await fc.assert(property, { numRuns: 300, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false });
});

test('callers that do as they are told use nearly all of the limit, though they estimate twice too much', async () => {
  const limits = { rpm: 600, tpm: 60_000 };
  let now = BEGIN;
  const limiter = new MemoryCallLimiter({ limitsOf: () => limits, now: () => now });
  const events: { at: number; run: () => Promise<void> }[] = [];
  const sent: { at: number; tokens: number }[] = [];
  let next = 0;
  const after = (ms: number, run: () => Promise<void>) => void events.push({ at: now + ms, run });
  const ask = async (id: string): Promise<void> => {
    const call = {
      id,
      tokens: { input: 150, output: 250 },
      tenant: String(Number(id) % 5),
      priority: 'interactive',
    } as const;
    const admission = await limiter.acquire(scope, call);
    if (!admission.admitted) return after(admission.waitMs + (next % 30), () => ask(id));
    const one = { at: now, tokens: 400 };
    sent.push(one);
    after(2_000 + (next % 7) * 500, async () => {
      one.tokens = 200;
      await limiter.settle(scope, id, { input: 150, output: 50 });
      await ask(String(next++));
    });
  };
  for (let count = 0; count < 500; count++) after(count, () => ask(String(next++)));
  while (now < BEGIN + 10 * 60_000) {
    const soonest = events.reduce((best, { at }, index) => (at < (events[best]?.at ?? 0) ? index : best), 0);
    const [event] = events.splice(soonest, 1);
    now = Math.max(now, event?.at ?? 0);
    await event?.run();
  }
  for (const { at } of sent) {
    const used = sent
      .filter((one) => one.at >= at && one.at < at + 60_000)
      .reduce((sum, { tokens }) => sum + tokens, 0);
    expect(used).toBeLessThanOrEqual(60_000);
  }
  // What calls under way may still give back, 3.5 s of them, is 6 % of the limit here.
  const settled = sent.filter(({ at }) => at >= BEGIN + 60_000 && at < BEGIN + 9 * 60_000);
  expect(settled.reduce((sum, { tokens }) => sum + tokens, 0)).toBeGreaterThanOrEqual(0.9 * 8 * 60_000);
});
