export { startSummaryWorker } from './start-summary-worker.js';
export type { SummaryWorkerDependencies } from './summary-worker.module.js';
