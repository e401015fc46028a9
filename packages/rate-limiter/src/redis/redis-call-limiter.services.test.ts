import { afterAll, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { testRedisUrl } from '@troupe/testing';
import { Redis } from 'ioredis';
import { countCommands } from '../testing/count-commands.js';
import { describeCallLimiter } from '../testing/describe-call-limiter.js';
import { RedisCallLimiter } from './redis-call-limiter.js';

const redis = new Redis(testRedisUrl());
afterAll(() => redis.disconnect());

describeCallLimiter('RedisCallLimiter', (options) => new RedisCallLimiter({ redis, ...options, timeoutMs: 5_000 }));

test('a decision is one round trip, and one more when the server has forgotten the script', async () => {
  const own = new Redis(testRedisUrl());
  const scope = { provider: 'test', account: 'first', model: newId() };
  const limiter = new RedisCallLimiter({ redis: own, limitsOf: () => ({ rpm: 600, tpm: 10_000 }), timeoutMs: 5_000 });
  const call = () => ({
    id: newId(),
    tokens: { input: 5, output: 5 },
    tenant: 'ann',
    priority: 'interactive' as const,
  });
  await limiter.acquire(scope, call());
  const sent = countCommands(own);
  let admitted = 0;
  for (let count = 0; count < 100; count++) if ((await limiter.acquire(scope, call())).admitted) admitted += 1;
  expect(sent()).toBe(100);
  expect(admitted).toBeGreaterThan(50);
  expect(admitted).toBeLessThan(100);
  await own.script('FLUSH');
  await limiter.settle(scope, newId(), { input: 1, output: 1 });
  expect(sent()).toBe(103);
  own.disconnect();
});
