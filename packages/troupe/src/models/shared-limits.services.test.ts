import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RateLimiter, RedisBackend } from '@troupe/rate-limiter';
import { answer, ScriptedModel, testRedisUrl } from '@troupe/testing';
import { Redis } from 'ioredis';
import { ReliableModel } from './reliable-model.js';

const connections: Redis[] = [];

/** A process would have one. */
async function connect(): Promise<Redis> {
  const redis = new Redis(testRedisUrl(), { enableOfflineQueue: false, maxRetriesPerRequest: 0, lazyConnect: true });
  connections.push(redis);
  await redis.connect();
  return redis;
}

let redis: [Redis, Redis];

beforeAll(async () => {
  redis = [await connect(), await connect()];
});

afterAll(() => {
  for (const connection of connections) connection.disconnect();
});

test('processes that use the same Redis share the limits of their models', async () => {
  const model = `openai/shared-${process.pid}-${Date.now()}`;
  const [first, second] = redis.map((connection) => {
    const limiter = new RateLimiter({ rpd: 1, backend: new RedisBackend(connection) });
    return new ReliableModel({ model: new ScriptedModel([answer('Hello')], { id: model }), limiter, maxWaitMs: 100 });
  });
  const request = { messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }] };
  expect(await first?.generate(request)).toMatchObject({ content: [{ text: 'Hello' }] });
  await expect(second?.generate(request)).rejects.toMatchObject({
    code: 'deadline_exceeded',
    details: { dimension: 'rpd' },
  });
});
