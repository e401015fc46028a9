export type { Logger } from 'pino';
export { atMostEvery } from './logging/at-most-every.js';
export { createLogger, type LoggerOptions } from './logging/create-logger.js';
export { Metrics, type QueueJobCount } from './metrics/metrics.js';
export { closeDrained } from './process/close-drained.js';
export { type ProcessOptions, type RunningApp, runProcess } from './process/run-process.js';
export { type OperationsOptions, type OperationsServer, serveOperations } from './process/serve-operations.js';
