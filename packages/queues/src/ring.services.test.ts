import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testRedisUrl } from '@troupe/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { llmQueue } from './llm.queue.js';
import { ring } from './ring.js';

const RUN = '0198c0de-0000-7000-8000-000000000001';

let connection: Redis;
let queue: Queue;

beforeAll(() => {
  connection = new Redis(testRedisUrl(), { maxRetriesPerRequest: null });
  queue = new Queue(llmQueue.name, { connection, prefix: `ring-test-${process.pid}` });
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
});
