import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import type { CallLimits, LimitScope } from '@troupe/spec';
import { testRedisUrl } from '@troupe/testing';
import { Redis } from 'ioredis';
import { countCommands } from '../testing/count-commands.js';
import { RedisCallLimiter } from './redis-call-limiter.js';

const redis = new Redis(testRedisUrl());
afterAll(() => redis.disconnect());

/** Each is that of another process. */
let prefix: string;
let now: number;
const limiterOfProcess = (limits: CallLimits = {}, connection = redis) =>
  new RedisCallLimiter({ redis: connection, prefix, limitsOf: () => limits, clock: () => now, timeoutMs: 5_000 });

const scope: LimitScope = { provider: 'test', account: 'first', model: 'model' };
const call = () => ({ id: newId(), tokens: { input: 5, output: 5 }, tenant: 'ann', priority: 'interactive' as const });

/** As long as a process trusts what it heard last. */
const hearAgain = () => {
  now += 251;
};

beforeEach(() => {
  prefix = `test:${newId()}`;
  now = Date.parse('2026-01-01T00:00:00Z');
});

describe('the pause of a model without limits', () => {
  test('is kept by processes that were not told of it', async () => {
    const [told, other] = [limiterOfProcess(), limiterOfProcess()];
    expect(await other.acquire(scope, call())).toEqual({ admitted: true });
    await told.tighten(scope, { pauseMs: 5_000 });
    hearAgain();
    expect(await other.acquire(scope, call())).toMatchObject({ admitted: false, dimension: 'penalty' });
    expect(await other.check(scope, call())).toBeGreaterThan(4_000);
    expect(await other.acquire({ ...scope, model: 'another' }, call())).toEqual({ admitted: true });
    now += 5_000;
    expect(await other.acquire(scope, call())).toEqual({ admitted: true });
  });

  test('is known to a process that begins while it lasts', async () => {
    await limiterOfProcess().tighten(scope, { pauseMs: 5_000 });
    expect(await limiterOfProcess().acquire(scope, call())).toMatchObject({ admitted: false, waitMs: 5_000 });
  });

  test('ends for all when an operator takes it away', async () => {
    const [told, other] = [limiterOfProcess(), limiterOfProcess()];
    await told.tighten(scope, { pauseMs: 60_000 });
    expect((await other.acquire(scope, call())).admitted).toBe(false);
    await limiterOfProcess().forgive(scope);
    hearAgain();
    expect(await other.acquire(scope, call())).toEqual({ admitted: true });
    expect(await told.acquire(scope, call())).toEqual({ admitted: true });
  });

  test('ends for all when a probe of one of them went through', async () => {
    const [told, other] = [limiterOfProcess(), limiterOfProcess()];
    await told.tighten(scope, { pauseMs: 60 * 60_000 });
    now += 60_000;
    expect(await other.acquire(scope, call())).toEqual({ admitted: true });
    expect((await told.acquire(scope, call())).admitted).toBe(false);
    await other.tighten(scope, { succeeded: true });
    hearAgain();
    expect(await told.acquire(scope, call())).toEqual({ admitted: true });
    expect(await limiterOfProcess().acquire(scope, call())).toEqual({ admitted: true });
  });

  test('is asked for four times a second and not at each call; what is limited asks as before', async () => {
    const own = redis.duplicate();
    const [free, limited] = [limiterOfProcess({}, own), limiterOfProcess({ rpm: 6_000 }, own)];
    await free.acquire(scope, call());
    await limited.acquire({ ...scope, model: 'limited' }, call());
    const sent = countCommands(own);
    await Promise.all(Array.from({ length: 100 }, () => free.acquire(scope, call())));
    expect(sent()).toBe(0);
    hearAgain();
    await Promise.all(Array.from({ length: 100 }, () => free.acquire(scope, call())));
    expect(sent()).toBe(1);
    await limited.acquire({ ...scope, model: 'limited' }, call());
    expect(sent()).toBe(2);
    own.disconnect();
  });

  test('is what was heard last while Redis is away', async () => {
    const away = new Redis('redis://127.0.0.1:1', { maxRetriesPerRequest: 0, retryStrategy: () => null });
    away.on('error', () => undefined);
    const alone = limiterOfProcess({}, away);
    expect(await alone.acquire(scope, call())).toEqual({ admitted: true });
    await alone.tighten(scope, { pauseMs: 5_000 });
    expect((await alone.acquire(scope, call())).admitted).toBe(false);
  });
});
