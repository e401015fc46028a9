import type { FollowUpJob } from '@troupe/contracts';
import type { QueueDefinition } from './queue-definition.js';

/** Titles and rolling summaries of threads. */
export const summariesQueue = {
  name: 'summaries',
  jobs: {
    'title-thread': { id: (job: FollowUpJob) => `${job.task_ids[0]}-1` },
    'summarize-thread': { id: (job: FollowUpJob) => `${job.task_ids[0]}-1` },
  },
} satisfies QueueDefinition;
