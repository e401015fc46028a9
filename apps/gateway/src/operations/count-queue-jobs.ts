import type { QueueJobCount } from '@troupe/observability';
import type { Queue } from 'bullmq';

const STATES = ['active', 'waiting', 'delayed', 'prioritized', 'completed', 'failed'] as const;

/** Jobs by queue and state; none of a queue that cannot be asked, so that Redis being away costs no other metric. */
export async function countQueueJobs(queues: readonly Queue[]): Promise<QueueJobCount[]> {
  const counts = await Promise.allSettled(
    queues.map(async (queue) => {
      const byState = await queue.getJobCounts(...STATES);
      return Object.entries(byState).map(([state, count]) => ({ queue: queue.name, state, count }));
    }),
  );
  return counts.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}
