export { BullJobBackend, type BullJobBackendOptions } from './bull-job-backend.js';
export { onCancelSignal, signalCancel } from './cancel-signal.js';
export {
  connectForCommands,
  connectForPublishing,
  connectForSubscribing,
  connectForWorkers,
} from './connection.js';
export { FairLine } from './fair-line.js';
export { llmQueue } from './llm.queue.js';
export { memoryQueue } from './memory.queue.js';
export {
  handleJob,
  type JobHandlers,
  type JobName,
  type JobPayload,
  type QueueDefinition,
  RINGING_OPTIONS,
  WORKER_OPTIONS,
} from './queue-definition.js';
export { quiet } from './quiet.js';
export { watchRedis } from './redis-problems.js';
export { reportTrouble, type TroubleLog } from './report-trouble.js';
export { type RingOptions, ring } from './ring.js';
export { summariesQueue } from './summaries.queue.js';
export { toolsQueue } from './tools.queue.js';
