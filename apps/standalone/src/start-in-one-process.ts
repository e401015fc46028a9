import type { Settings } from '@troupe/config';
import { Database } from '@troupe/database';
import { startGateway } from '@troupe/gateway';
import { startLlmWorker } from '@troupe/llm-worker';
import { startMemoryExtractor } from '@troupe/memory-extractor';
import { type Logger, Metrics, type RunningApp } from '@troupe/observability';
import { defaultPersona, personas } from '@troupe/personas';
import { connectForCommands, connectForSubscribing, connectForWorkers } from '@troupe/queues';
import type { ModelCatalog, Tool } from '@troupe/spec';
import { startSummaryWorker } from '@troupe/summary-worker';
import { startToolWorker } from '@troupe/tool-worker';

export interface OneProcessOptions {
  settings: Settings;
  databaseUrl: string;
  redisUrl: string;
  apiKey: string;
  models: ModelCatalog;
  tools: ReadonlyMap<string, Tool>;
  logger: Logger;
}

/** Runs all apps in this process, on connections that they share. */
export async function startInOneProcess(options: OneProcessOptions): Promise<RunningApp & { url: string }> {
  const { settings, databaseUrl, redisUrl, apiKey, models, tools, logger } = options;
  const metrics = new Metrics();
  const database = await Database.connect({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize * 2,
    applicationName: 'troupe',
    onConnectionError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  await database.migrate();
  const commands = connectForCommands(redisUrl, logger);
  const events = connectForCommands(redisUrl, logger);
  const blocking = connectForWorkers(redisUrl, logger);
  const subscriber = connectForSubscribing(redisUrl, logger);

  const shared = { database, commands, events, blocking, models, tools, logger, metrics };
  const { llmConcurrency, toolConcurrency, memoryConcurrency, summaryConcurrency } = settings.workers;
  const workers = await Promise.all([
    startLlmWorker({ ...shared, concurrency: llmConcurrency, leaseSeconds: settings.runs.leaseSeconds }),
    startToolWorker({ ...shared, concurrency: toolConcurrency }),
    startMemoryExtractor({ ...shared, concurrency: memoryConcurrency }),
    startSummaryWorker({ ...shared, concurrency: summaryConcurrency }),
  ]);
  const { port, host, maxBodyBytes } = settings.http;
  const gateway = await startGateway({
    ...shared,
    subscriber,
    personas,
    defaultAgent: defaultPersona.slug,
    apiKey,
    options: { port, host, maxBodyBytes, deadlineSeconds: settings.runs.deadlineSeconds },
  });

  return {
    url: gateway.url,
    stop: async () => {
      await gateway.stop();
      await Promise.all(workers.map((worker) => worker.stop()));
      for (const connection of [commands, events, blocking, subscriber]) connection.disconnect();
      await database.close();
    },
  };
}
