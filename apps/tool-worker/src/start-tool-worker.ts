import { NestFactory } from '@nestjs/core';
import { closeDrained, type RunningApp } from '@troupe/observability';
import { type ToolWorkerDependencies, ToolWorkerModule } from './tool-worker.module.js';
import { ToolWorkerLife } from './tool-worker-life.js';

/** Starts the worker on connections that its process made; stopping it leaves those open. */
export async function startToolWorker(dependencies: ToolWorkerDependencies): Promise<RunningApp> {
  const app = await NestFactory.createApplicationContext(ToolWorkerModule.register(dependencies), { logger: false });
  return { stop: () => closeDrained(app, app.get(ToolWorkerLife).drained) };
}
