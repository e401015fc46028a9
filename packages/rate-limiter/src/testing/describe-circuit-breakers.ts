import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import type { CircuitBreakers } from '@troupe/spec';

/** What all breakers do, whatever they keep their state in. Time is virtual; `create` gives the breakers of one process. */
export function describeCircuitBreakers(name: string, create: (clock: () => number) => CircuitBreakers): void {
  describe(name, () => {
    let now: number;
    let route: string;
    let provider: string;
    let breakers: CircuitBreakers;

    beforeEach(() => {
      now = Date.parse('2026-01-01T00:00:00Z');
      route = newId();
      provider = newId();
      breakers = create(() => now);
    });

    const tell = async (outcome: 'succeeded' | 'failed', times: number) => {
      for (let count = 0; count < times; count++) await breakers.tell(route, outcome);
    };

    test('a route that nobody has tried, or that works, may be tried', async () => {
      expect(await breakers.ask(route)).toEqual({ allowed: true, probe: false });
      await tell('succeeded', 40);
      expect(await breakers.ask(route)).toEqual({ allowed: true, probe: false });
    });

    test('a few failures prove nothing, and neither do few among many', async () => {
      await tell('failed', 8);
      now += 300;
      expect(await breakers.ask(route)).toEqual({ allowed: true, probe: false });
      now += 31_000;
      await tell('succeeded', 22);
      await breakers.ask(route);
      await tell('failed', 20);
      now += 300;
      expect(await breakers.ask(route)).toEqual({ allowed: true, probe: false });
    });

    test('when half of the calls fail the route is left alone', async () => {
      await tell('succeeded', 6);
      await tell('failed', 6);
      expect(await breakers.ask(route)).toEqual({ allowed: false, retryAfterMs: 15_000 });
      now += 14_000;
      expect(await breakers.ask(route)).toEqual({ allowed: false, retryAfterMs: 1_000 });
    });

    test('failures of the past do not count', async () => {
      await tell('failed', 8);
      now += 35_000;
      await tell('failed', 2);
      expect(await breakers.ask(route)).toEqual({ allowed: true, probe: false });
    });

    test('afterwards one call may try, and its success brings the route back', async () => {
      await tell('failed', 10);
      now += 15_000;
      expect(await breakers.ask(route)).toEqual({ allowed: true, probe: true });
      expect(await breakers.ask(route)).toEqual({ allowed: false, retryAfterMs: 60_000 });
      await tell('succeeded', 2);
      for (let count = 0; count < 3; count++) {
        expect(await breakers.ask(route)).toEqual({ allowed: true, probe: false });
      }
      await tell('failed', 8);
      expect(await breakers.ask(route)).toEqual({ allowed: true, probe: false });
    });

    test('a probe that fails doubles the rest, up to two minutes; one that is lost is repeated', async () => {
      await tell('failed', 10);
      let restMs = 15_000;
      for (const next of [30_000, 60_000, 120_000, 120_000]) {
        now += restMs;
        expect(await breakers.ask(route)).toEqual({ allowed: true, probe: true });
        await tell('failed', 2);
        expect(await breakers.ask(route)).toEqual({ allowed: false, retryAfterMs: next });
        restMs = next;
      }
      now += restMs;
      expect(await breakers.ask(route)).toEqual({ allowed: true, probe: true });
      now += 60_000;
      expect(await breakers.ask(route)).toEqual({ allowed: true, probe: true });
    });

    test('what ends while the route is left alone changes nothing', async () => {
      await tell('failed', 10);
      now += 5_000;
      await tell('failed', 10);
      await tell('succeeded', 10);
      expect(await breakers.ask(route)).toEqual({ allowed: false, retryAfterMs: 10_000 });
    });

    test('a dead key is left out until it may live again', async () => {
      await breakers.condemn(provider, 'second', 60_000);
      await breakers.condemn(provider, 'second', 10_000);
      expect(await breakers.livingAccounts(provider, ['first', 'second', 'third'])).toEqual(['first', 'third']);
      now += 59_999;
      expect(await breakers.livingAccounts(provider, ['second'])).toEqual([]);
      now += 1;
      expect(await breakers.livingAccounts(provider, ['second'])).toEqual(['second']);
      expect(await breakers.livingAccounts(newId(), ['second'])).toEqual(['second']);
    });
  });
}
