import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startTcpProxy, type TcpProxy, testRedisUrl } from '@troupe/testing';
import type { Redis } from 'ioredis';
import { connectForCommands, connectForSubscribing, connectForWorkers } from './connection.js';
import { noticeSilence } from './notice-silence.js';

const quietLog = { warn: () => undefined, error: () => undefined };
/** Instead of five seconds. */
const ASK_EVERY_MS = 200;

let proxy: TcpProxy;
let redis: Redis;
beforeEach(async () => {
  proxy = await startTcpProxy(testRedisUrl());
});
afterEach(async () => {
  redis.disconnect();
  await proxy.close();
});

async function open(connect: typeof connectForCommands): Promise<void> {
  redis = noticeSilence(connect(proxy.url, quietLog), ASK_EVERY_MS);
  await once(redis, 'ready');
}

test.each([
  ['commands', connectForCommands],
  ['workers', connectForWorkers],
  ['subscriptions', connectForSubscribing],
])('a connection for %s that went silent is replaced by one that works', async (_purpose, connect) => {
  await open(connect);
  if (connect === connectForSubscribing) await redis.subscribe(`test:${randomUUID()}`);
  const broken = once(redis, 'reconnecting');
  proxy.freeze();
  await broken;
  const back = once(redis, 'ready');
  proxy.thaw();
  await back;
  expect(await redis.ping()).toBe('PONG');
});

test('a connection that answers stays, subscribed or not', async () => {
  await open(connectForSubscribing);
  await redis.subscribe(`test:${randomUUID()}`);
  let reconnects = 0;
  redis.on('reconnecting', () => {
    reconnects += 1;
  });
  for (let asked = 0; asked < 10; asked++) await redis.ping();
  await new Promise((resolve) => setTimeout(resolve, 8 * ASK_EVERY_MS));
  expect(reconnects).toBe(0);
});

test('a command on a silent connection fails within two seconds and is not sent again', async () => {
  await open(connectForCommands);
  const key = `test:${randomUUID()}`;
  proxy.freeze();
  const startedAt = performance.now();
  await expect(redis.incr(key)).rejects.toThrow();
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  const back = once(redis, 'ready');
  proxy.thaw();
  await back;
  // What was held back may have arrived once; nothing made it twice.
  expect(Number((await redis.get(key)) ?? 0)).toBeLessThanOrEqual(1);
});

test('a command that the server has done though its reply was lost fails, and is never sent again', async () => {
  await open(connectForCommands);
  const key = `test:${randomUUID()}`;
  proxy.freeze('answers');
  const sent = redis.incr(key).then(
    () => 'answered',
    () => 'failed',
  );
  await once(redis, 'reconnecting');
  const back = once(redis, 'ready');
  proxy.thaw();
  await back;
  expect(await sent).toBe('failed');
  expect(await redis.get(key)).toBe('1');
});
