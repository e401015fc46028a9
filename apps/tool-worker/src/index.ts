export { startToolWorker } from './start-tool-worker.js';
