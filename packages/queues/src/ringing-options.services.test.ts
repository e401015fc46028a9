import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startTcpProxy, type TcpProxy, testRedisUrl } from '@troupe/testing';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connectForCommands } from './connection.js';
import { RINGING_OPTIONS } from './queue-definition.js';
import { quiet } from './quiet.js';

/** Longer than a connection for commands waits for an answer. */
const SILENCE_MS = 2_300;

let proxy: TcpProxy;
let connection: Redis;
beforeEach(async () => {
  proxy = await startTcpProxy(testRedisUrl());
  connection = connectForCommands(proxy.url, { warn: () => undefined, error: () => undefined });
  await once(connection, 'ready');
});
afterEach(async () => {
  connection.disconnect();
  await proxy.close();
});

test('a queue that was made while Redis did not answer rings when it does', async () => {
  proxy.freeze();
  const queue = quiet(new Queue(`late-${process.pid}`, { connection, ...RINGING_OPTIONS }));
  await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
  proxy.thaw();
  const job = await queue.add('ring', {});
  expect(await queue.getJobState(job.id ?? '')).toBe('waiting');
  await queue.obliterate({ force: true });
  await queue.close();
});
