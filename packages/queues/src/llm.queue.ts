import type { AdvanceRunJob } from '@troupe/contracts';
import type { QueueDefinition } from './queue-definition.js';

/** Model turns. */
export const llmQueue = {
  name: 'llm',
  jobs: {
    'advance-run': { id: (job: AdvanceRunJob) => `${job.run_id}-${job.step}-${job.dispatch}` },
  },
} satisfies QueueDefinition;
