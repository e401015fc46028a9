import { afterAll, describe, expect, test } from '@jest/globals';
import { testRedisUrl } from '@troupe/testing';
import { BullJobBackend } from './bullmq.js';
import { JobQueue } from './jobs/job-queue.js';

const queues: JobQueue[] = [];

afterAll(async () => {
  for (const queue of queues) await queue.close();
});

/** Another process would have the same: a connection of its own. */
function join(queueName: string): JobQueue {
  const queue = new JobQueue({ backend: new BullJobBackend({ url: testRedisUrl(), queueName }) });
  queues.push(queue);
  return queue;
}

async function until(queue: JobQueue, id: string, status: string) {
  for (;;) {
    const job = await queue.getStatus(id);
    if (job?.status === status) return job;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('JobQueue in Redis', () => {
  test('what one process enqueues another one does, and both see how it stands', async () => {
    const name = `jobs-${process.pid}-a`;
    const asker = join(name);
    const id = await asker.enqueue('summarize_thread', { thread_id: 'abc' });
    expect(await asker.getStatus(id)).toMatchObject({ status: 'pending', attempts: 0 });
    const end = Promise.withResolvers<void>();
    const doer = join(name).handler('summarize_thread', async ({ thread_id }: { thread_id: string }) => {
      await end.promise;
      return { summary: `about ${thread_id}` };
    });
    await doer.startWorker();
    await until(asker, id, 'processing');
    end.resolve();
    expect(await until(asker, id, 'completed')).toEqual({
      id,
      name: 'summarize_thread',
      payload: { thread_id: 'abc' },
      status: 'completed',
      attempts: 1,
      result: { summary: 'about abc' },
    });
  });

  test('is tried as often as it may be, and then has failed', async () => {
    const queue = join(`jobs-${process.pid}-b`).handler('flaky', (_: null, { attempt }) => {
      throw new Error(`try ${attempt}`);
    });
    await queue.startWorker();
    const id = await queue.enqueue('flaky', null, { attempts: 2, backoffMs: 10 });
    expect(await until(queue, id, 'failed')).toMatchObject({ attempts: 2, error: 'try 2' });
  });

  test('a job that there never was has no status', async () => {
    expect(await join(`jobs-${process.pid}-c`).getStatus('none')).toBeUndefined();
  });

  test('while Redis is away who enqueues is told, and the trouble once', async () => {
    const troubles: Error[] = [];
    const backend = new BullJobBackend({ url: 'redis://127.0.0.1:1', onTrouble: (error) => troubles.push(error) });
    const queue = new JobQueue({ backend });
    await expect(queue.enqueue('title', null)).rejects.toThrow();
    expect(troubles).toHaveLength(1);
    await queue.close();
  });
});
