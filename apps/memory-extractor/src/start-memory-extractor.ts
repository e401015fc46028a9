import { NestFactory } from '@nestjs/core';
import { closeDrained, type RunningApp } from '@troupe/observability';
import { type MemoryExtractorDependencies, MemoryExtractorModule } from './memory-extractor.module.js';
import { MemoryExtractorLife } from './memory-extractor-life.js';

/** Starts the worker on connections that its process made; stopping it leaves those open. */
export async function startMemoryExtractor(dependencies: MemoryExtractorDependencies): Promise<RunningApp> {
  const module = MemoryExtractorModule.register(dependencies);
  const app = await NestFactory.createApplicationContext(module, { logger: false });
  return { stop: () => closeDrained(app, app.get(MemoryExtractorLife).drained) };
}
