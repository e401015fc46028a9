import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { testRedisUrl } from '@troupe/testing';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { FairLine, type Newcomer } from './fair-line.js';

const QUEUE = `fair-line-test-${process.pid}`;

let redis: Redis;
let queue: Queue;
let line: FairLine;

beforeAll(() => {
  redis = new Redis(testRedisUrl(), { maxRetriesPerRequest: null });
  queue = new Queue(QUEUE, { connection: redis });
});
beforeEach(async () => {
  await redis.del(`troupe:line:${QUEUE}`);
  line = new FairLine(redis, QUEUE);
});
afterAll(async () => {
  await queue.obliterate({ force: true });
  await queue.close();
  redis.disconnect();
});

async function join(tenant: string, changes: Partial<Newcomer> = {}): Promise<void> {
  const priority = await line.join({ tenant, weight: 1, background: false, waiting: 1_000, ...changes });
  await queue.add(tenant, {}, { ...(priority !== undefined && { priority }), removeOnComplete: true });
}

/** Works on so many jobs, one after the other, and tells whose they were. */
async function served(count: number): Promise<string[]> {
  const names: string[] = [];
  const enough = Promise.withResolvers<void>();
  const connection = redis.duplicate();
  const worker = new Worker(
    QUEUE,
    async (job) => {
      names.push(job.name);
      line.serve(job.opts.priority);
      if (names.length < count) return;
      void worker.pause(true);
      enough.resolve();
    },
    { connection },
  );
  await enough.promise;
  await worker.close();
  connection.disconnect();
  // The line is told every tenth of a second.
  await new Promise((resolve) => setTimeout(resolve, 150));
  return names;
}

const drain = () => queue.drain();

describe('FairLine', () => {
  test('the first run of a tenant stands before the second of one that has sent many', async () => {
    for (let sent = 0; sent < 300; sent += 1) await join('large');
    expect(await served(5)).toEqual(Array(5).fill('large'));
    await join('small');
    expect(await served(2)).toContain('small');
    await drain();
  });

  test('a tenant of three times the share is served three times as often', async () => {
    for (let sent = 0; sent < 60; sent += 1) {
      await join('one');
      await join('three', { weight: 3 });
    }
    const names = await served(40);
    expect(names.filter((name) => name === 'three')).toHaveLength(30);
    await drain();
  });

  test('a tenant that always has the next one ready does not shut out one with many', async () => {
    for (let sent = 0; sent < 50; sent += 1) await join('many');
    const names: string[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      for (const tenant of ['a', 'b', 'c']) if (turn === 0 || names.slice(-4).includes(tenant)) await join(tenant);
      names.push(...(await served(4)));
    }
    expect(names.filter((name) => name === 'many').length).toBeGreaterThan(15);
    await drain();
  });

  test('what nobody waits for comes behind, and is served all the same', async () => {
    await join('batch', { background: true });
    for (let sent = 0; sent < 20; sent += 1) await join('person');
    const names = await served(21);
    expect(names.at(-1)).toBe('batch');
    await drain();
  });

  test('there is no line while there is no crowd, nor while Redis does not answer', async () => {
    const calm = { tenant: 'a', weight: 1, background: false, waiting: 3 };
    expect(await line.join(calm)).toBeUndefined();
    const away = new Redis('redis://127.0.0.1:1', { maxRetriesPerRequest: 0, retryStrategy: () => null });
    away.on('error', () => undefined);
    expect(await new FairLine(away, QUEUE).join({ ...calm, waiting: 1_000 })).toBeUndefined();
  });

  test('at the end of the range it begins anew', async () => {
    await redis.hset(`troupe:line:${QUEUE}`, { served: 2 ** 20 });
    expect(await line.join({ tenant: 'a', weight: 1, background: false, waiting: 1_000 })).toBe(2);
  });
});
