export { startSummaryWorker } from './start-summary-worker.js';
