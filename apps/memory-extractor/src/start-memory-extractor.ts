import { NestFactory } from '@nestjs/core';
import type { RunningApp } from '@troupe/observability';
import { type MemoryExtractorDependencies, MemoryExtractorModule } from './memory-extractor.module.js';

/** Starts the worker on connections that its process made; stopping it leaves those open. */
export async function startMemoryExtractor(dependencies: MemoryExtractorDependencies): Promise<RunningApp> {
  const module = MemoryExtractorModule.register(dependencies);
  const app = await NestFactory.createApplicationContext(module, { logger: false });
  return { stop: () => app.close() };
}
