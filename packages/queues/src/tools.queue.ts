import type { ExecuteToolJob } from '@troupe/contracts';
import type { QueueDefinition } from './queue-definition.js';

/** Tool calls. */
export const toolsQueue = {
  name: 'tools',
  jobs: {
    'execute-tool': { id: (job: ExecuteToolJob) => `${job.tool_call_id}-${job.dispatch}` },
  },
} satisfies QueueDefinition;
