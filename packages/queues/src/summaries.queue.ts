import type { FollowUpJob } from '@troupe/contracts';
import type { QueueDefinition } from './queue-definition.js';

/** Titles and rolling summaries of threads. */
export const summariesQueue = {
  name: 'summaries',
  jobs: {
    'title-thread': { id: (job: FollowUpJob) => `${job.task_id}-${job.dispatch}` },
    'summarize-thread': { id: (job: FollowUpJob) => `${job.task_id}-${job.dispatch}` },
  },
} satisfies QueueDefinition;
