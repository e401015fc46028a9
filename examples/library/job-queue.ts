import { JobQueue } from 'troupe';

const queue = new JobQueue();

queue.handler('summarize_thread', async ({ thread_id }: { thread_id: string }, { signal }) => {
  signal.throwIfAborted();
  return { summary: `What happened in ${thread_id}` };
});

const id = await queue.enqueue('summarize_thread', { thread_id: 'abc' }, { attempts: 3 });
console.log((await queue.getStatus(id))?.status); // pending, processing, completed or failed

await queue.startWorker({ concurrency: 2 });
await queue.stopWorker(); // waits for the jobs under way
console.log(await queue.getStatus(id));
