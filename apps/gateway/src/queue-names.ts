import { llmQueue, memoryQueue, summariesQueue, toolsQueue } from '@troupe/queues';

/** Every queue: the gateway rings the first and shows all. */
export const QUEUE_NAMES: readonly string[] = [llmQueue, toolsQueue, memoryQueue, summariesQueue].map(
  ({ name }) => name,
);
