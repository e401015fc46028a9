import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId, TroupeError } from '@troupe/contracts';
import type { Admission, CallLimits, LimitedCall, LimitScope } from '@troupe/spec';
import type { MeteredLimiter } from '../metered-limiter.js';

export interface LimiterUnderTest {
  limitsOf: (scope: LimitScope) => CallLimits | undefined;
  clock: () => number;
}

const MINUTE = 60_000;

/** What every limiter does, whatever it keeps its state in. Time is virtual. */
export function describeCallLimiter(name: string, create: (options: LimiterUnderTest) => MeteredLimiter): void {
  describe(name, () => {
    let limits: CallLimits | undefined;
    let now: number;
    let scope: LimitScope;
    let limiter: MeteredLimiter;

    beforeEach(() => {
      now = Date.parse('2026-01-01T00:00:00.123Z');
      limits = {};
      scope = { provider: 'test', account: 'first', model: newId() };
      limiter = create({ limitsOf: () => limits, clock: () => now });
    });

    const call = (changes: Partial<LimitedCall> = {}): LimitedCall => ({
      id: newId(),
      tokens: { input: 0, output: 0 },
      tenant: 'ann',
      priority: 'interactive',
      ...changes,
    });
    const ask = (changes: Partial<LimitedCall> = {}) => limiter.acquire(scope, call(changes));
    const refused = (admission: Admission) => {
      if (admission.admitted) throw new Error('It was admitted.');
      return admission;
    };
    /** Asks again and again, at once. How many were admitted before the first that was not, which leaves the line. */
    const askUntilRefused = async (changes: Partial<LimitedCall> = {}) => {
      for (let count = 0; ; count++) {
        const one = call(changes);
        if (!(await limiter.acquire(scope, one)).admitted) {
          await limiter.leave(scope, one.id);
          return count;
        }
      }
    };

    test('a scope without limits admits everything', async () => {
      limits = undefined;
      for (let count = 0; count < 50; count++) expect(await ask()).toEqual({ admitted: true });
      limits = {};
      expect(await ask({ tokens: { input: 1e9, output: 1e9 } })).toEqual({ admitted: true });
    });

    test('a tenth of the limit goes at once, then it comes evenly', async () => {
      limits = { rpm: 600 };
      expect(await askUntilRefused()).toBe(60);
      now += 1_140;
      expect(await askUntilRefused()).toBe(10);
    });

    test('what goes at once after a quiet time leaves no gap at the end of its window', async () => {
      limits = { rpm: 600, tpm: 60_000 };
      const begin = now;
      const admitted: number[] = [];
      for (; now < begin + 4 * MINUTE; now += 50) {
        const count = await askUntilRefused({ tokens: { input: 60, output: 40 } });
        for (let call = 0; call < count; call += 1) admitted.push(now - begin);
      }
      const gaps = admitted.slice(1).map((at, index) => at - (admitted[index] ?? at));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(200);
      const between = (from: number, to: number) => admitted.filter((at) => at >= from && at < to).length;
      expect(between(0, MINUTE)).toBeGreaterThanOrEqual(585);
      expect(between(MINUTE, 2 * MINUTE)).toBeGreaterThanOrEqual(580);
      expect(between(2 * MINUTE, 4 * MINUTE)).toBeGreaterThanOrEqual(1_168);
    });

    test('a refusal says how long to wait: a moment before it is refused again, then it is admitted', async () => {
      limits = { rpm: 60 };
      await askUntilRefused();
      const waiting = call();
      const { waitMs, dimension, position } = refused(await limiter.acquire(scope, waiting));
      expect({ dimension, position }).toEqual({ dimension: 'rpm', position: 1 });
      now += waitMs - 2;
      expect(refused(await limiter.acquire(scope, waiting)).waitMs).toBeLessThanOrEqual(2);
      now += 2;
      expect(await limiter.acquire(scope, waiting)).toEqual({ admitted: true });
    });

    test.each([1, 3, 7, 60, 600])(
      'no window of a minute holds more than %d, and nearly as many can be used',
      async (rpm) => {
        limits = { rpm };
        const admittedAt: number[] = [];
        const begin = now;
        let waiting = call();
        while (now < begin + 5 * MINUTE) {
          const admission = await limiter.acquire(scope, waiting);
          if (admission.admitted) {
            admittedAt.push(now);
            waiting = call();
          } else {
            now += admission.waitMs;
          }
        }
        for (const [index, at] of admittedAt.entries()) {
          const inWindow = admittedAt.slice(index).filter((other) => other < at + MINUTE).length;
          expect(inWindow).toBeLessThanOrEqual(rpm);
        }
        expect(admittedAt.length).toBeGreaterThanOrEqual(Math.floor(5 * rpm * 0.95));
      },
    );

    test('an awkward interval of asking loses nothing', async () => {
      limits = { rpm: 60 };
      const granted = async (everyMs: number) => {
        scope = { ...scope, model: newId() };
        let count = 0;
        let waiting = call();
        for (const end = now + 10 * MINUTE; now < end; now += everyMs) {
          if (!(await limiter.acquire(scope, waiting)).admitted) continue;
          count += 1;
          waiting = call();
        }
        return count;
      };
      const often = await granted(100);
      expect(often).toBeGreaterThanOrEqual(57 * 10);
      expect(await granted(900)).toBeGreaterThanOrEqual(0.98 * often);
      expect(await granted(333.3)).toBeGreaterThanOrEqual(0.98 * often);
    });

    test('tokens are limited together, or input and output apart, and the one that binds is named', async () => {
      limits = { tpm: 1_000, rpm: 1_000 };
      expect(await askUntilRefused({ tokens: { input: 30, output: 20 } })).toBe(2);
      expect(refused(await ask({ tokens: { input: 30, output: 20 } })).dimension).toBe('tpm');
      scope = { ...scope, model: newId() };
      limits = { inputTpm: 10_000, outputTpm: 1_000 };
      expect(await askUntilRefused({ tokens: { input: 30, output: 50 } })).toBe(2);
      expect(refused(await ask({ tokens: { input: 30, output: 50 } })).dimension).toBe('output_tpm');
      expect(await ask({ tokens: { input: 30, output: 0 } })).toEqual({ admitted: true });
    });

    test('a call above what may go at once goes when the bucket is full, and is paid off afterwards', async () => {
      limits = { tpm: 1_000 };
      expect(await ask({ tokens: { input: 500, output: 0 } })).toEqual({ admitted: true });
      const { waitMs } = refused(await ask({ tokens: { input: 10, output: 0 } }));
      expect(waitMs).toBeGreaterThan(20_000);
      expect(waitMs).toBeLessThan(30_000);
    });

    test('a call larger than a limit is refused for good', async () => {
      limits = { tpm: 1_000 };
      const attempt = ask({ tokens: { input: 900, output: 101 } });
      await expect(attempt).rejects.toThrow(TroupeError);
      await expect(attempt).rejects.toMatchObject({
        code: 'limit_exceeded',
        fault: 'caller',
        details: { dimension: 'tpm', cost: 1_001, limit: 1_000 },
      });
      expect(await ask({ tokens: { input: 900, output: 100 } })).toEqual({ admitted: true });
      limits = { rpm: 0 };
      await expect(ask()).rejects.toMatchObject({ code: 'limit_exceeded' });
      limits = { maxConcurrency: 0 };
      await expect(ask()).rejects.toMatchObject({ code: 'limit_exceeded' });
    });

    test('requests a day may be used up at once', async () => {
      limits = { rpd: 20 };
      expect(await askUntilRefused()).toBe(20);
      const { waitMs, dimension } = refused(await ask());
      expect(dimension).toBe('rpd');
      expect(waitMs).toBeGreaterThan(24 * 60 * MINUTE);
      expect(waitMs).toBeLessThan(24.7 * 60 * MINUTE);
    });

    test('asking twice under one id takes nothing twice', async () => {
      limits = { rpm: 60 };
      const one = call();
      for (let count = 0; count < 10; count++) expect(await limiter.acquire(scope, one)).toEqual({ admitted: true });
      expect((await limiter.state(scope)).available.rpm).toBe(59);
      expect(await askUntilRefused()).toBe(5);
    });

    test('settling replaces the estimate, once', async () => {
      limits = { tpm: 1_000 };
      const one = call({ tokens: { input: 60, output: 40 } });
      await limiter.acquire(scope, one);
      expect((await limiter.state(scope)).available.tpm).toBe(900);
      now += 10;
      for (let count = 0; count < 3; count++) await limiter.settle(scope, one.id, { input: 20, output: 5 });
      expect(await limiter.state(scope)).toMatchObject({ available: { tpm: 975 }, underWay: 0 });
      expect(await ask({ tokens: { input: 75, output: 0 } })).toEqual({ admitted: true });
    });

    test('using more than was estimated makes debt', async () => {
      limits = { tpm: 1_000 };
      const one = call({ tokens: { input: 10, output: 10 } });
      await limiter.acquire(scope, one);
      await limiter.settle(scope, one.id, { input: 10, output: 590 });
      expect((await limiter.state(scope)).available.tpm).toBe(400);
      expect(refused(await ask({ tokens: { input: 10, output: 0 } })).waitMs).toBeGreaterThan(20_000);
    });

    test('a correction belongs to the time at which the call was admitted', async () => {
      limits = { tpm: 1_000 };
      const one = call({ tokens: { input: 100, output: 0 } });
      await limiter.acquire(scope, one);
      for (let seconds = 0; seconds < 70; seconds += 10) {
        now += 10_000;
        await limiter.renew(scope, [one.id]);
      }
      expect((await limiter.state(scope)).available.tpm).toBe(1_000);
      await limiter.settle(scope, one.id, { input: 10, output: 0 });
      expect((await limiter.state(scope)).available.tpm).toBe(1_000);
    });

    test('a call that was never sent costs nothing', async () => {
      limits = { rpm: 60, tpm: 1_000, rpd: 100, maxConcurrency: 3 };
      const one = call({ tokens: { input: 60, output: 40 } });
      await limiter.acquire(scope, one);
      await limiter.leave(scope, one.id);
      await limiter.leave(scope, one.id);
      const { available, underWay } = await limiter.state(scope);
      expect({ available, underWay }).toEqual({
        available: { rpm: 60, tpm: 1_000, rpd: 100, concurrency: 3 },
        underWay: 0,
      });
    });

    test('calls under way are bounded; those that nobody speaks for lose their place after a while', async () => {
      limits = { maxConcurrency: 2 };
      const [first, second] = [call(), call()];
      await limiter.acquire(scope, first);
      await limiter.acquire(scope, second);
      expect(refused(await ask()).dimension).toBe('concurrency');
      await limiter.settle(scope, first.id, { input: 0, output: 0 });
      expect(await askUntilRefused({ tenant: 'bea' })).toBe(1);
      for (let seconds = 0; seconds < 60; seconds += 20) {
        now += 20_000;
        await limiter.renew(scope, [second.id, newId()]);
      }
      expect((await limiter.state(scope)).underWay).toBe(1);
      now += 30_000;
      expect((await limiter.state(scope)).underWay).toBe(0);
      await limiter.renew(scope, [second.id]);
      expect((await limiter.state(scope)).underWay).toBe(0);
    });

    test('a lost call stays counted as it was estimated', async () => {
      limits = { tpm: 1_000, maxConcurrency: 1 };
      const lost = call({ tokens: { input: 300, output: 0 } });
      await limiter.acquire(scope, lost);
      now += 31_000;
      await limiter.settle(scope, lost.id, { input: 0, output: 0 });
      expect(await limiter.state(scope)).toMatchObject({ available: { tpm: 700, concurrency: 1 }, underWay: 0 });
    });

    test('nothing passes while the provider asked for a pause, not even without limits', async () => {
      for (const set of [{ rpm: 600 }, {}]) {
        limits = set;
        scope = { ...scope, model: newId() };
        await limiter.tighten(scope, { pauseMs: 5_000 });
        await limiter.tighten(scope, { pauseMs: 1_000 });
        const waiting = call();
        expect(await limiter.acquire(scope, waiting)).toEqual({
          admitted: false,
          waitMs: 5_000,
          dimension: 'penalty',
          position: 1,
        });
        await limiter.tighten(scope, { succeeded: true });
        now += 4_000;
        expect(refused(await limiter.acquire(scope, waiting)).waitMs).toBe(1_000);
        now += 1_000;
        expect(await limiter.acquire(scope, waiting)).toEqual({ admitted: true });
      }
    });

    test('a long pause is probed, one call at a time, and over when a probe went through', async () => {
      limits = { rpm: 600 };
      await limiter.tighten(scope, { pauseMs: 60 * MINUTE });
      const [first, second] = [call(), call()];
      expect(refused(await limiter.acquire(scope, first)).waitMs).toBe(MINUTE);
      now += MINUTE;
      expect(await limiter.acquire(scope, first)).toEqual({ admitted: true });
      expect(refused(await limiter.acquire(scope, second)).waitMs).toBe(10_000);
      await limiter.tighten(scope, { pauseMs: 60 * MINUTE });
      await limiter.tighten(scope, { succeeded: true });
      expect(refused(await limiter.acquire(scope, second)).dimension).toBe('penalty');
      now += 10_000;
      expect(await limiter.acquire(scope, second)).toEqual({ admitted: true });
      await limiter.tighten(scope, { succeeded: true });
      expect((await limiter.state(scope)).pausedUntil).toBeNull();
      expect(await ask()).toEqual({ admitted: true });
    });

    test('an operator takes a pause away', async () => {
      limits = { rpm: 600 };
      await limiter.tighten(scope, { pauseMs: 60 * MINUTE });
      expect((await limiter.state(scope)).pausedUntil).not.toBeNull();
      await limiter.forgive(scope);
      expect(await ask()).toEqual({ admitted: true });
      expect((await limiter.state(scope)).pausedUntil).toBeNull();
    });

    test('what the provider says is left can only lower what may go', async () => {
      limits = { rpm: 600, tpm: 6_000 };
      await limiter.tighten(scope, { remaining: { requests: 3, tokens: 1e9 } });
      expect(await askUntilRefused()).toBe(3);
      await limiter.tighten(scope, { remaining: { requests: 500 } });
      expect(await askUntilRefused()).toBe(0);
    });

    test('a refusal changes nothing but the line', async () => {
      limits = { rpm: 60, tpm: 1_000 };
      await ask({ tokens: { input: 100, output: 0 } });
      const before = await limiter.state(scope);
      for (let count = 0; count < 20; count++) refused(await ask({ tokens: { input: 50, output: 0 } }));
      expect(await limiter.state(scope)).toEqual({ ...before, waiting: 20 });
    });

    test('a check changes nothing at all, and a record counts what was never asked', async () => {
      limits = { rpm: 600, tpm: 1_000 };
      const one = call({ tokens: { input: 100, output: 0 } });
      for (let count = 0; count < 20; count++) expect(await limiter.check(scope, one)).toBe(0);
      await limiter.record(scope, { input: 400, output: 200 });
      expect(await limiter.state(scope)).toMatchObject({ available: { rpm: 599, tpm: 400 }, underWay: 0, waiting: 0 });
      const waitMs = await limiter.check(scope, one);
      expect(waitMs).toBeGreaterThan(30_000);
      expect(refused(await limiter.acquire(scope, one)).waitMs).toBe(waitMs);
    });

    test('a limit may change at any time', async () => {
      limits = { rpm: 600 };
      await askUntilRefused();
      limits = { rpm: 60 };
      now += 6_000;
      expect(await askUntilRefused()).toBe(0);
      now += 57_000;
      expect(await askUntilRefused()).toBeLessThanOrEqual(6);
      limits = { rpm: 60, tpm: 100 };
      expect(refused(await ask({ tokens: { input: 100, output: 0 } })).admitted).toBe(false);
    });

    test('a clock that goes back stops nothing and gives nothing twice', async () => {
      limits = { rpm: 600 };
      await askUntilRefused();
      now -= 30 * MINUTE;
      expect(await askUntilRefused()).toBe(0);
      now += 1_140;
      expect(await askUntilRefused()).toBe(10);
    });

    describe('the line', () => {
      test('everybody is told another time, in the order of the places', async () => {
        limits = { rpm: 600 };
        await askUntilRefused();
        const told = [];
        for (let count = 0; count < 200; count++) told.push(refused(await ask()));
        expect(told.map(({ position }) => position)).toEqual(told.map((_, index) => index + 1));
        const waits = told.map(({ waitMs }) => waitMs);
        expect(new Set(waits).size).toBe(200);
        expect([...waits].sort((one, other) => one - other)).toEqual(waits);
        expect(waits.at(-1)).toBeGreaterThan(17_000);
        expect(waits.at(-1)).toBeLessThan(21_000);
      });

      test('who asks again keeps its place, and who gives up makes room', async () => {
        limits = { rpm: 60 };
        await askUntilRefused();
        const calls = [call(), call(), call()];
        for (const one of calls) await limiter.acquire(scope, one);
        const positions = async () => {
          const admissions = [];
          for (const one of calls) admissions.push(refused(await limiter.acquire(scope, one)).position);
          return admissions;
        };
        expect(await positions()).toEqual([1, 2, 3]);
        const [, second] = calls.splice(1, 1);
        expect(second).toBeUndefined();
        await limiter.leave(scope, calls[0]?.id ?? '');
        expect(refused(await limiter.acquire(scope, calls[1] ?? call())).position).toBe(2);
      });

      test("a tenant's first call stands in front of another's long line", async () => {
        limits = { rpm: 600 };
        await askUntilRefused();
        for (let count = 0; count < 300; count++) await ask({ tenant: 'ann' });
        expect(refused(await ask({ tenant: 'bea' })).position).toBeLessThanOrEqual(2);
      });

      test('turns are shared by weight, and by tokens rather than calls', async () => {
        limits = { tpm: 6_000 };
        await askUntilRefused({ tokens: { input: 100, output: 0 } });
        const places = new Map<string, number[]>();
        const enter = async (tenant: string, input: number, weight: number) => {
          const { position } = refused(await ask({ tenant, weight, tokens: { input, output: 0 } }));
          places.set(tenant, [...(places.get(tenant) ?? []), position]);
        };
        for (let count = 0; count < 30; count++) await enter('large', 200, 1);
        for (let count = 0; count < 30; count++) await enter('small', 100, 1);
        for (let count = 0; count < 30; count++) await enter('heavy', 100, 2);
        // As many tokens of each come first: two small ones a large one, and twice as many of the heavier tenant.
        expect(places.get('small')?.[20]).toBeGreaterThanOrEqual(29);
        expect(places.get('small')?.[20]).toBeLessThanOrEqual(33);
        expect(places.get('heavy')?.[20]).toBeGreaterThanOrEqual(34);
        expect(places.get('heavy')?.[20]).toBeLessThanOrEqual(39);
      });

      test('background goes behind interactive calls, though not for ever', async () => {
        limits = { rpm: 60 };
        await askUntilRefused();
        const background = call({ priority: 'background' });
        const pending = new Map<string, { one: LimitedCall; at: number }>();
        const begin = now;
        let firstInteractiveAt = 0;
        const waitOf = async (one: LimitedCall) => {
          const admission = await limiter.acquire(scope, one);
          if (!admission.admitted) pending.set(one.id, { one, at: now + admission.waitMs });
          else pending.delete(one.id);
          return admission.admitted;
        };
        for (let count = 0; count < 10; count++) await waitOf(call());
        await waitOf(background);
        for (let count = 0; count < 10; count++) await waitOf(call());
        let backgroundAt = 0;
        while (backgroundAt === 0 && now < begin + 10 * MINUTE) {
          const next = [...pending.values()].sort((one, other) => one.at - other.at)[0];
          if (next === undefined) break;
          now = Math.max(now, next.at);
          if (!(await waitOf(next.one))) continue;
          if (next.one === background) backgroundAt = now;
          else firstInteractiveAt ||= now;
          await waitOf(call());
        }
        expect(firstInteractiveAt).toBeLessThan(backgroundAt);
        expect(backgroundAt - begin).toBeGreaterThan(15_000);
        expect(backgroundAt - begin).toBeLessThan(60_000);
      });

      test('background waits for one turn of each other tenant where only background waits', async () => {
        limits = { rpm: 600 };
        await askUntilRefused();
        const tenants = ['ann', 'bea', 'cid', 'dan'];
        for (let count = 0; count < 50; count++) {
          for (const tenant of tenants) await ask({ tenant, priority: 'background' });
        }
        const { position } = refused(await ask({ tenant: 'eve', priority: 'background' }));
        expect(position).toBeLessThanOrEqual(tenants.length + 1);
      });

      test('what somebody waits for goes before background that came first, of however many tenants', async () => {
        limits = { rpm: 600 };
        await askUntilRefused();
        for (let count = 0; count < 100; count++) await ask({ tenant: `tenant-${count}`, priority: 'background' });
        expect(refused(await ask({ tenant: 'eve' })).position).toBeLessThanOrEqual(2);
      });

      test('those whose time has come are waited for a moment, not longer, and find their place again', async () => {
        limits = { rpm: 60 };
        await askUntilRefused();
        const first = call();
        const { waitMs } = refused(await limiter.acquire(scope, first));
        now += waitMs;
        const second = call();
        expect(refused(await limiter.acquire(scope, second)).dimension).toBe('line');
        await limiter.leave(scope, second.id);
        now += 3_001;
        expect((await ask()).admitted).toBe(true);
        await askUntilRefused();
        expect(await limiter.state(scope)).toMatchObject({ waiting: 0 });
        expect(refused(await limiter.acquire(scope, first)).position).toBe(1);
      });

      test('what a waiter is thought to take is what it said last, and no more is kept for it', async () => {
        limits = { tpm: 6_150 };
        await limiter.record(scope, { input: 615, output: 0 });
        const waiting = call({ tokens: { input: 100, output: 500 } });
        refused(await limiter.acquire(scope, waiting));
        refused(await limiter.acquire(scope, { ...waiting, tokens: { input: 100, output: 0 } }));
        now += 1_900;
        expect(await ask({ tokens: { input: 10, output: 0 } })).toEqual({ admitted: true });
        expect(refused(await ask({ tokens: { input: 90, output: 0 } })).dimension).toBe('line');
      });

      test('small calls do not starve a large one that waits', async () => {
        limits = { tpm: 6_000 };
        await askUntilRefused({ tokens: { input: 100, output: 0 } });
        const large = call({ tenant: 'ann', tokens: { input: 600, output: 0 } });
        const { waitMs } = refused(await limiter.acquire(scope, large));
        const end = now + waitMs;
        for (; now < end; now += 100) {
          const small = call({ tenant: 'bea', tokens: { input: 10, output: 0 } });
          expect((await limiter.acquire(scope, small)).admitted).toBe(false);
          await limiter.leave(scope, small.id);
        }
        now = Math.max(now, end);
        expect(await limiter.acquire(scope, large)).toEqual({ admitted: true });
      });
    });
  });
}
