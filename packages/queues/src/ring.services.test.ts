import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testRedisUrl } from '@troupe/testing';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { llmQueue } from './llm.queue.js';
import { WORKER_OPTIONS } from './queue-definition.js';
import { ring } from './ring.js';

const RUN = '0198c0de-0000-7000-8000-000000000001';
const PREFIX = `ring-test-${process.pid}`;

let connection: Redis;
let queue: Queue;

beforeAll(() => {
  connection = new Redis(testRedisUrl(), { maxRetriesPerRequest: null });
  queue = new Queue(llmQueue.name, { connection, prefix: PREFIX });
});

afterAll(async () => {
  await queue.obliterate({ force: true });
  await queue.close();
  connection.disconnect();
});

async function ringFor(dispatch: number): Promise<void> {
  await ring(
    queue,
    llmQueue,
    'advance-run',
    { run_id: RUN, step: 0, dispatch },
    {
      onError: (error) => {
        throw error;
      },
    },
  );
}

describe('ring', () => {
  test('the same ring makes one job, and the next dispatch another, though the first job is still there', async () => {
    await ringFor(1);
    await ringFor(1);
    await ringFor(2);
    expect((await queue.getJobs()).map(({ id }) => id).sort()).toEqual([`${RUN}-0-1`, `${RUN}-0-2`]);
  });

  test('a job is tried once, and the last 1,000 that are over stay', async () => {
    for (let dispatch = 3; dispatch <= 1_010; dispatch += 1) await ringFor(dispatch);
    const tried: string[] = [];
    const all = Promise.withResolvers<void>();
    const work = async ({ id }: { id?: string }) => {
      if (tried.push(String(id)) === 1_010) all.resolve();
      if (tried.length <= 2) throw new Error('no');
    };
    const worker = new Worker(queue.name, work, { connection, prefix: PREFIX, concurrency: 20, ...WORKER_OPTIONS });
    await all.promise;
    await worker.close();
    expect(new Set(tried).size).toBe(1_010);
    expect(await queue.getJobCounts('completed', 'failed', 'wait')).toEqual({ completed: 1_000, failed: 2, wait: 0 });
  });
});
