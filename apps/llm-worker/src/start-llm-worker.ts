import { NestFactory } from '@nestjs/core';
import { closeDrained, type RunningApp } from '@troupe/observability';
import { type LlmWorkerDependencies, LlmWorkerModule } from './llm-worker.module.js';
import { LlmWorkerLife } from './llm-worker-life.js';

/** Starts the worker on connections that its process made; stopping it leaves those open. */
export async function startLlmWorker(dependencies: LlmWorkerDependencies): Promise<RunningApp> {
  const app = await NestFactory.createApplicationContext(LlmWorkerModule.register(dependencies), { logger: false });
  return { stop: () => closeDrained(app, app.get(LlmWorkerLife).drained) };
}
