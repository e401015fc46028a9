import { afterAll, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { startTcpProxy, testRedisUrl } from '@troupe/testing';
import { Redis } from 'ioredis';
import { countCommands } from '../testing/count-commands.js';
import { describeCircuitBreakers } from '../testing/describe-circuit-breakers.js';
import { RedisCircuitBreakers } from './redis-circuit-breakers.js';

const redis = new Redis(testRedisUrl());
afterAll(() => redis.disconnect());

describeCircuitBreakers(
  'RedisCircuitBreakers',
  (clock) => new RedisCircuitBreakers({ redis, clock, prefix: `test:${newId()}`, timeoutMs: 5_000 }),
);

describe('several processes', () => {
  const pair = (clock: () => number) => {
    const prefix = `test:${newId()}`;
    const create = () => new RedisCircuitBreakers({ redis, clock, prefix, timeoutMs: 5_000 });
    return [create(), create()] as const;
  };

  test('what one sees the other knows a quarter of a second later, and only one of them probes', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const [one, other] = pair(() => now);
    expect(await other.ask('route')).toEqual({ allowed: true, probe: false });
    for (let count = 0; count < 10; count++) await one.tell('route', 'failed');
    now += 250;
    expect(await other.ask('route')).toEqual({ allowed: false, retryAfterMs: 14_750 });
    now += 14_750;
    const verdicts = await Promise.all([one.ask('route'), other.ask('route'), one.ask('route'), other.ask('route')]);
    expect(verdicts.filter(({ allowed }) => allowed)).toEqual([{ allowed: true, probe: true }]);
    await other.tell('route', 'succeeded');
    now += 250;
    expect(await one.ask('route')).toEqual({ allowed: true, probe: false });
  });

  test('successes are counted, though they are not told one by one', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const [one, other] = pair(() => now);
    await one.ask('route');
    const sent = countCommands(redis);
    for (let count = 0; count < 100; count++) {
      await one.ask('route');
      await one.tell('route', 'succeeded');
    }
    expect(sent()).toBe(0);
    now += 250;
    await one.ask('route');
    for (let count = 0; count < 20; count++) await other.tell('route', 'failed');
    now += 250;
    expect(await other.ask('route')).toEqual({ allowed: true, probe: false });
  });

  test('a key that one condemned is dead for the other', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const [one, other] = pair(() => now);
    expect(await other.livingAccounts('test', ['first'])).toEqual(['first']);
    await one.condemn('test', 'first', 60_000);
    now += 250;
    expect(await other.livingAccounts('test', ['first'])).toEqual([]);
  });

  test('while Redis is away each goes by what it saw itself', async () => {
    const proxy = await startTcpProxy(testRedisUrl());
    const through = new Redis(proxy.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => 50,
    });
    through.on('error', () => undefined);
    await new Promise((resolve) => through.once('ready', resolve));
    const breakers = new RedisCircuitBreakers({ redis: through, prefix: `test:${newId()}` });
    await proxy.goAway();
    expect(await breakers.ask('route')).toEqual({ allowed: true, probe: false });
    for (let count = 0; count < 10; count++) await breakers.tell('route', 'failed');
    expect(await breakers.ask('route')).toMatchObject({ allowed: false });
    await breakers.condemn('test', 'first', 60_000);
    expect(await breakers.livingAccounts('test', ['first', 'second'])).toEqual(['second']);
    through.disconnect();
    await proxy.close();
  });
});
