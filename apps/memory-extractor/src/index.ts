export type { MemoryExtractorDependencies } from './memory-extractor.module.js';
export { startMemoryExtractor } from './start-memory-extractor.js';
