export type { LlmWorkerDependencies } from './llm-worker.module.js';
export { startLlmWorker } from './start-llm-worker.js';
