import { describe, expect, test } from '@jest/globals';
import { JobQueue } from './job-queue.js';

/** Polls: a queue tells nobody when a job is over. */
async function over(queue: JobQueue, id: string) {
  for (;;) {
    const job = await queue.getStatus(id);
    if (job?.status === 'completed' || job?.status === 'failed') return job;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('JobQueue in memory', () => {
  test('a job is pending, processing and completed, and keeps its result', async () => {
    const queue = new JobQueue();
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    queue.handler('summarize_thread', async ({ thread_id }: { thread_id: string }) => {
      begun.resolve();
      await end.promise;
      return { summary: `about ${thread_id}` };
    });
    const id = await queue.enqueue('summarize_thread', { thread_id: 'abc' });
    expect(await queue.getStatus(id)).toMatchObject({ id, name: 'summarize_thread', status: 'pending', attempts: 0 });
    await queue.startWorker();
    await begun.promise;
    expect(await queue.getStatus(id)).toMatchObject({ status: 'processing', attempts: 1 });
    end.resolve();
    expect(await over(queue, id)).toEqual({
      id,
      name: 'summarize_thread',
      payload: { thread_id: 'abc' },
      status: 'completed',
      attempts: 1,
      result: { summary: 'about abc' },
    });
    await queue.close();
  });

  test('what a handler throws fails the job, and the others go on', async () => {
    const queue = new JobQueue();
    queue.handler('title', (payload: { text: string }) => {
      if (payload.text === '') throw new Error('nothing to name');
      return payload.text;
    });
    await queue.startWorker({ concurrency: 1 });
    const ids = await Promise.all([queue.enqueue('title', { text: '' }), queue.enqueue('title', { text: 'Tea' })]);
    expect(await over(queue, ids[0])).toMatchObject({ status: 'failed', error: 'nothing to name', attempts: 1 });
    expect(await over(queue, ids[1])).toMatchObject({ status: 'completed', result: 'Tea' });
    await queue.close();
  });

  test('is tried as often as it may be, with pauses that grow', async () => {
    const queue = new JobQueue();
    const at: number[] = [];
    queue.handler('flaky', (_: null, { attempt }) => {
      at.push(performance.now());
      if (attempt < 3) throw new Error('not yet');
      return attempt;
    });
    await queue.startWorker();
    const id = await queue.enqueue('flaky', null, { attempts: 5, backoffMs: 20 });
    expect(await over(queue, id)).toMatchObject({ status: 'completed', result: 3, attempts: 3 });
    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).toBeGreaterThanOrEqual(19);
    expect(third - second).toBeGreaterThanOrEqual(39);
    await queue.close();
  });

  test('runs so many at once, and no more', async () => {
    const queue = new JobQueue();
    let running = 0;
    let most = 0;
    queue.handler('work', async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    });
    await queue.startWorker({ concurrency: 3 });
    const ids = await Promise.all(Array.from({ length: 10 }, () => queue.enqueue('work', null)));
    for (const id of ids) expect(await over(queue, id)).toMatchObject({ status: 'completed', result: null });
    expect(most).toBe(3);
    await queue.close();
  });

  test('stopping waits for the jobs under way, and leaves the others for the next worker', async () => {
    const queue = new JobQueue();
    const begun = Promise.withResolvers<void>();
    queue.handler('slow', async () => {
      begun.resolve();
      await new Promise((resolve) => setTimeout(resolve, 20));
      return 'done';
    });
    await queue.startWorker({ concurrency: 1 });
    const [first, second] = await Promise.all([queue.enqueue('slow', null), queue.enqueue('slow', null)]);
    await begun.promise;
    await queue.stopWorker();
    expect(await queue.getStatus(first)).toMatchObject({ status: 'completed' });
    expect(await queue.getStatus(second)).toMatchObject({ status: 'pending' });
    await queue.startWorker();
    expect(await over(queue, second)).toMatchObject({ status: 'completed' });
    await queue.close();
  });

  test('stopping aborts those that outlast its grace', async () => {
    const queue = new JobQueue();
    const begun = Promise.withResolvers<void>();
    queue.handler('endless', (_: null, { signal }) => {
      begun.resolve();
      return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    await queue.startWorker();
    const id = await queue.enqueue('endless', null);
    await begun.promise;
    await queue.stopWorker({ graceMs: 10 });
    expect(await queue.getStatus(id)).toMatchObject({
      status: 'failed',
      error: 'The worker of the queue was stopped.',
    });
  });

  test('a job that nobody handles fails with the near matches', async () => {
    const queue = new JobQueue().handler('generate_title', () => null);
    await queue.startWorker();
    const id = await queue.enqueue('generate_titel', null);
    expect((await over(queue, id)).error).toContain('Did you mean generate_title?');
    await queue.close();
  });

  test('forgets the oldest of more than a thousand jobs that are over', async () => {
    const queue = new JobQueue().handler('count', (number: number) => number);
    await queue.startWorker({ concurrency: 100 });
    const ids = await Promise.all(Array.from({ length: 1_001 }, (_, number) => queue.enqueue('count', number)));
    await over(queue, ids.at(-1) ?? '');
    expect(await queue.getStatus(ids[0] ?? '')).toBeUndefined();
    expect(await queue.getStatus(ids[1] ?? '')).toMatchObject({ result: 1 });
    await queue.close();
  });

  test('what makes no sense is refused', async () => {
    const queue = new JobQueue().handler('a', () => null);
    expect(() => queue.handler('a', () => null)).toThrow('has a handler already');
    await expect(queue.enqueue('a', null, { attempts: 0 })).rejects.toThrow('attempts is 0');
    await expect(queue.enqueue('a', null, { delayMs: Number.NaN })).rejects.toThrow('delayMs');
    await queue.startWorker();
    await expect(queue.startWorker()).rejects.toThrow('runs already');
    await queue.close();
  });
});
