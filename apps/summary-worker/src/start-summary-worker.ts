import { NestFactory } from '@nestjs/core';
import { closeDrained, type RunningApp } from '@troupe/observability';
import { type SummaryWorkerDependencies, SummaryWorkerModule } from './summary-worker.module.js';
import { SummaryWorkerLife } from './summary-worker-life.js';

/** Starts the worker on connections that its process made; stopping it leaves those open. */
export async function startSummaryWorker(dependencies: SummaryWorkerDependencies): Promise<RunningApp> {
  const app = await NestFactory.createApplicationContext(SummaryWorkerModule.register(dependencies), { logger: false });
  return { stop: () => closeDrained(app, app.get(SummaryWorkerLife).drained) };
}
