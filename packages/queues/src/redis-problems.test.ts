import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { redisProblems, watchRedis } from './redis-problems.js';

/** Speaks enough of Redis to be asked what it is. */
async function startServer(info: () => Record<string, string>): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const lines = Object.entries(info()).map(([name, value]) => `${name}:${value}\r\n`);
      const text = `# Server\r\n${lines.join('')}`;
      for (const command of data.toString().matchAll(/^(info|client)\r$/gim)) {
        socket.write(command[1]?.toLowerCase() === 'info' ? `$${text.length}\r\n${text}\r\n` : '+OK\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const FIT = { redis_version: '7.0.15', role: 'master', cluster_enabled: '0', maxmemory_policy: 'noeviction' };
let server: Server;
let redis: Redis;
afterEach(() => {
  redis.disconnect();
  server.close();
});

describe('redisProblems', () => {
  test.each<[string, Record<string, string>, RegExp[]]>([
    ['a Redis as it should be', {}, []],
    ['the oldest version', { redis_version: '6.2.0' }, []],
    ['a version that is too old', { redis_version: '6.0.16' }, [/6\.0\.16.*upgrade/]],
    ['a replica', { role: 'slave' }, [/name the primary in REDIS_URL/]],
    ['a cluster', { cluster_enabled: '1' }, [/use a single Redis/]],
    ['one that forgets jobs', { maxmemory_policy: 'allkeys-lru' }, [/set maxmemory-policy to noeviction/]],
    ['several at once', { role: 'slave', maxmemory_policy: 'volatile-lru' }, [/replica/, /volatile-lru/]],
  ])('%s', async (_name, facts, expected) => {
    redis = new Redis(await startServer(() => ({ ...FIT, ...facts })));
    const problems = await redisProblems(redis);
    expect(problems).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });
});

test('watchRedis says once what is wrong, and again what another server has wrong after a failover', async () => {
  let facts: Record<string, string> = { ...FIT, role: 'slave' };
  redis = new Redis(await startServer(() => facts), { retryStrategy: () => 1 });
  const said: string[] = [];
  const log = { error: () => undefined, warn: (_facts: object, message: string) => void said.push(message) };
  watchRedis(redis, log);
  const reconnect = async () => {
    const ready = once(redis, 'ready');
    redis.disconnect(true);
    await ready;
    await redis.info();
  };
  await once(redis, 'ready');
  await reconnect();
  expect(said).toEqual([expect.stringContaining('replica')]);
  facts = { ...FIT, maxmemory_policy: 'allkeys-lru' };
  await reconnect();
  facts = FIT;
  await reconnect();
  expect(said).toEqual([expect.stringContaining('replica'), expect.stringContaining('allkeys-lru')]);
});
