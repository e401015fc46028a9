export { startMemoryExtractor } from './start-memory-extractor.js';
