export { startToolWorker } from './start-tool-worker.js';
export type { ToolWorkerDependencies } from './tool-worker.module.js';
