import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import type { CallLimits, LimitScope } from '@troupe/spec';
import { startTcpProxy, testRedisUrl } from '@troupe/testing';
import { Redis } from 'ioredis';
import { RedisCallLimiter } from './redis-call-limiter.js';

const redis = new Redis(testRedisUrl());
afterAll(() => redis.disconnect());

let scope: LimitScope;
let prefix: string;
let limits: CallLimits;
let now: number;

beforeEach(() => {
  scope = { provider: 'test', account: 'first', model: newId() };
  prefix = `test:${newId()}`;
  limits = { rpm: 600, tpm: 60_000 };
  now = Date.parse('2026-01-01T00:00:00Z');
});

const call = () => ({
  id: newId(),
  tokens: { input: 60, output: 40 },
  tenant: 'ann',
  priority: 'interactive' as const,
});
const keys = () => redis.keys(`${prefix}:*`);

async function admittedOf(limiter: RedisCallLimiter, asks: number): Promise<number> {
  let count = 0;
  for (let asked = 0; asked < asks; asked++) {
    const one = call();
    if ((await limiter.acquire(scope, one)).admitted) count += 1;
    else await limiter.leave(scope, one.id);
  }
  return count;
}

describe('a store that forgets', () => {
  const create = () =>
    new RedisCallLimiter({ redis, prefix, limitsOf: () => limits, clock: () => now, timeoutMs: 5_000 });

  test('a refusal leaves everything but the line as it was, byte for byte', async () => {
    const limiter = create();
    await admittedOf(limiter, 70);
    const bytes = async () => {
      const names = (await keys()).filter((key) => /:(head|minute|day|calls|leases)$/.test(key)).sort();
      const dumps = await Promise.all(names.map((name) => redis.dumpBuffer(name)));
      return names.map((name, index) => [name, dumps[index]?.toString('hex')]);
    };
    const before = await bytes();
    expect(before.map(([name]) => name?.split(':').at(-1))).toEqual(['calls', 'head', 'leases', 'minute']);
    for (let count = 0; count < 20; count++) expect((await limiter.acquire(scope, call())).admitted).toBe(false);
    await limiter.check(scope, call());
    expect(await bytes()).toEqual(before);
  });

  test('after everything was deleted the window counts as used, by whichever process comes first', async () => {
    const [old, other, fresh] = [create(), create(), create()];
    let admitted = await admittedOf(old, 20);
    admitted += await admittedOf(other, 20);
    now += 10_000;
    admitted += await admittedOf(old, 55);
    await redis.del(...(await keys()));
    // One that knows of nothing begins anew; the first that knows puts it right, and the next does not do it again.
    admitted += await admittedOf(fresh, 3);
    expect(await admittedOf(old, 5)).toBe(0);
    expect(await admittedOf(other, 5)).toBe(0);
    for (const end = now + 50_000; now < end; now += 100)
      admitted += await admittedOf(now % 200 === 0 ? old : other, 1);
    expect(admitted).toBeLessThanOrEqual(600);
    expect(admitted).toBeGreaterThan(450);
  });

  test('a store that went back to an earlier state is noticed', async () => {
    const limiter = create();
    await admittedOf(limiter, 5);
    const head = (await keys()).find((key) => key.endsWith(':head')) ?? '';
    const earlier = await redis.getBuffer(head);
    await admittedOf(limiter, 30);
    await redis.set(head, earlier ?? '');
    expect(await admittedOf(limiter, 5)).toBe(0);
    now += 10_000;
    expect(await admittedOf(limiter, 5)).toBe(5);
  });

  test('a process that was idle for longer than the window does not take a forgotten scope for a loss', async () => {
    const limiter = create();
    await admittedOf(limiter, 5);
    await redis.del(...(await keys()));
    now += 62_000;
    expect(await admittedOf(limiter, 5)).toBe(5);
  });

  test('nothing is left behind without an end', async () => {
    const limiter = create();
    await admittedOf(limiter, 70);
    const waiting = call();
    await limiter.acquire(scope, waiting);
    await limiter.tighten(scope, { pauseMs: 1_000 });
    const names = await keys();
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) expect({ name, endless: (await redis.pttl(name)) < 0 }).toEqual({ name, endless: false });
  });
});

describe('a store that is away', () => {
  let proxy: Awaited<ReturnType<typeof startTcpProxy>>;
  let through: Redis;
  let changes: string[];
  let limiter: RedisCallLimiter;

  beforeEach(async () => {
    proxy = await startTcpProxy(testRedisUrl());
    through = new Redis(proxy.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: () => 50,
    });
    through.on('error', () => undefined);
    await new Promise((resolve) => through.once('ready', resolve));
    changes = [];
    limiter = new RedisCallLimiter({
      redis: through,
      prefix,
      limitsOf: () => limits,
      onStoreChange: (store) => void changes.push(store),
      windows: { minuteMs: 3_000, dayMs: 86_400_000 },
    });
  });

  afterEach(async () => {
    through.disconnect();
    await proxy.close();
  });

  const untilBack = async () => {
    while (!changes.includes('back')) {
      await limiter.state(scope);
      await sleep(20);
    }
  };

  test.each(['gone', 'silent'])(
    'a process goes on with its share while Redis is %s, and tells when it is back',
    async (how) => {
      limits = { rpm: 400 };
      const others = Array.from({ length: 3 }, () => new RedisCallLimiter({ redis, prefix, limitsOf: () => limits }));
      for (const other of others) await other.check(scope, call());
      expect((await limiter.acquire(scope, call())).admitted).toBe(true);
      if (how === 'gone') await proxy.goAway();
      else proxy.freeze();
      // A fourth of the limit, after a tenth of the window in which others may have used what was left.
      expect(await admittedOf(limiter, 30)).toBe(0);
      expect(changes).toEqual(['away']);
      const begin = performance.now();
      let admitted = 0;
      while (performance.now() < begin + 2_000) {
        admitted += await admittedOf(limiter, 1);
        await sleep(5);
      }
      const elapsed = performance.now() - begin;
      expect(admitted).toBeGreaterThan(5);
      expect(admitted).toBeLessThanOrEqual((elapsed / 3_000) * 100);
      if (how === 'gone') await proxy.comeBack();
      else proxy.thaw();
      await untilBack();
      // All were cut off as far as Redis can tell, so the others' shares count as used too.
      expect((await limiter.state(scope)).available.rpm).toBeLessThan(100);
    },
    60_000,
  );

  test('limits hold though Redis was never there', async () => {
    limits = { rpm: 1_600 };
    await proxy.goAway();
    const begin = performance.now();
    let admitted = 0;
    while (performance.now() < begin + 1_500) {
      admitted += await admittedOf(limiter, 1);
      await sleep(2);
    }
    expect(admitted).toBeLessThanOrEqual(((performance.now() - begin) / 3_000) * 100);
    expect(admitted).toBeGreaterThan(5);
  });

  test('a call larger than the share waits for the store, one larger than the limit does not', async () => {
    limits = { tpm: 1_000 };
    await proxy.goAway();
    expect(await limiter.acquire(scope, call())).toMatchObject({ admitted: false, waitMs: 1_000 });
    const large = { ...call(), tokens: { input: 2_000, output: 0 } };
    await expect(limiter.acquire(scope, large)).rejects.toMatchObject({ code: 'limit_exceeded' });
  });

  test('what is not limited goes on as if nothing had happened', async () => {
    limits = {};
    await proxy.goAway();
    expect(await limiter.acquire(scope, call())).toEqual({ admitted: true });
    await limiter.tighten(scope, { pauseMs: 60_000 });
    expect(await limiter.acquire(scope, call())).toMatchObject({ admitted: false, dimension: 'penalty' });
  });
});

test('ten thousand waiters are told ten thousand times, and another tenant stands in front of them', async () => {
  const limiter = new RedisCallLimiter({ redis, prefix, limitsOf: () => limits, clock: () => now, timeoutMs: 20_000 });
  await admittedOf(limiter, 70);
  const waits: number[] = [];
  for (let count = 0; count < 10_000; count += 500) {
    const batch = await Promise.all(Array.from({ length: 500 }, () => limiter.acquire(scope, call())));
    for (const admission of batch) if (!admission.admitted) waits.push(admission.waitMs);
  }
  expect(new Set(waits).size).toBe(10_000);
  const begin = performance.now();
  const first = await limiter.acquire(scope, { ...call(), tenant: 'bea' });
  expect(first).toMatchObject({ admitted: false });
  expect(first.admitted ? 0 : first.position).toBeLessThanOrEqual(2);
  // Many times what it takes, for a busy machine.
  expect(performance.now() - begin).toBeLessThan(100);
}, 60_000);
