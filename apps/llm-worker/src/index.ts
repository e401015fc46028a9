export { startLlmWorker } from './start-llm-worker.js';
