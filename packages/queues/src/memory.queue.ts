import type { FollowUpJob } from '@troupe/contracts';
import type { QueueDefinition } from './queue-definition.js';

/** What finished runs teach about their user. */
export const memoryQueue = {
  name: 'memory',
  jobs: {
    'extract-facts': { id: (job: FollowUpJob) => `${job.task_ids[0]}-1` },
  },
} satisfies QueueDefinition;
