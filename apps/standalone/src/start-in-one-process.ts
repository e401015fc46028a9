import type { Settings } from '@troupe/config';
import type { SourcedLimitRule } from '@troupe/contracts';
import { type Database, openDatabase } from '@troupe/database';
import { startGateway } from '@troupe/gateway';
import { startLlmWorker } from '@troupe/llm-worker';
import { startMemoryExtractor } from '@troupe/memory-extractor';
import { startModelCalls } from '@troupe/model-calls';
import { type Logger, Metrics, type RunningApp } from '@troupe/observability';
import { defaultPersona, personas } from '@troupe/personas';
import { connectForCommands, connectForPublishing, connectForSubscribing, connectForWorkers } from '@troupe/queues';
import type { BatchCatalog, EmbeddingCatalog, ModelCatalog, PriceBook, Tool } from '@troupe/spec';
import { startSummaryWorker } from '@troupe/summary-worker';
import { startToolWorker } from '@troupe/tool-worker';
import type { Redis } from 'ioredis';

export interface OneProcessOptions {
  settings: Settings;
  databaseUrl: string;
  redisUrl: string;
  apiKey: string;
  models: ModelCatalog & EmbeddingCatalog & BatchCatalog;
  tools: ReadonlyMap<string, Tool>;
  /** Of the file and of the environment. */
  limits: readonly SourcedLimitRule[];
  prices: PriceBook;
  logger: Logger;
}

/** For the gateway, which stops together with the workers; their longest needs 20 s of the 25 s that a process has. */
const DRAIN_SECONDS = 8;

/** Runs all apps in this process, on connections that they share. */
export async function startInOneProcess(options: OneProcessOptions): Promise<RunningApp & { url: string }> {
  const { settings, databaseUrl, redisUrl, logger } = options;
  const metrics = new Metrics();
  const database = await openDatabase({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize * 2,
    applicationName: 'troupe',
    logger,
    metrics,
  });
  const commands = connectForCommands(redisUrl, logger);
  const events = connectForPublishing(redisUrl, logger);
  const blocking = connectForWorkers(redisUrl, logger);
  const subscriber = connectForSubscribing(redisUrl, logger);
  const limiter = connectForCommands(redisUrl, logger);
  const disconnect = async () => {
    for (const connection of [commands, events, blocking, subscriber, limiter]) connection.disconnect();
    await database.close();
  };
  try {
    const apps = await startApps({ ...options, metrics, database, commands, events, blocking, subscriber, limiter });
    return { url: apps.url, stop: () => apps.stop().then(disconnect) };
  } catch (error) {
    await disconnect();
    throw error;
  }
}

interface Connections {
  metrics: Metrics;
  database: Database;
  commands: Redis;
  events: Redis;
  blocking: Redis;
  subscriber: Redis;
  limiter: Redis;
}

async function startApps(options: OneProcessOptions & Connections): Promise<RunningApp & { url: string }> {
  const { settings, apiKey, models, tools, limits, prices, logger, metrics } = options;
  const { database, commands, events, blocking, subscriber, limiter } = options;
  const calls = await startModelCalls({ database, redis: limiter, models, limits, prices, meter: metrics, logger });
  const { leaseSeconds, turnSeconds, eventHours } = settings.runs;
  const shared = {
    database,
    commands,
    events,
    blocking,
    subscriber,
    leaseSeconds,
    models,
    calls,
    tools,
    logger,
    metrics,
  };
  const { llmConcurrency, toolConcurrency, memoryConcurrency, summaryConcurrency } = settings.workers;
  const workers = await Promise.all([
    startLlmWorker({ ...shared, batches: models, concurrency: llmConcurrency, turnSeconds, eventHours }),
    startToolWorker({ ...shared, concurrency: toolConcurrency }),
    startMemoryExtractor({ ...shared, concurrency: memoryConcurrency }),
    startSummaryWorker({ ...shared, concurrency: summaryConcurrency }),
  ]);
  const { port, host, maxBodyBytes, corsOrigins } = settings.http;
  const gateway = await startGateway({
    ...shared,
    personas,
    defaultAgent: defaultPersona.slug,
    apiKey,
    options: {
      port,
      host,
      maxBodyBytes,
      corsOrigins,
      deadlineSeconds: settings.runs.deadlineSeconds,
      limits: settings.backpressure,
      drainSeconds: DRAIN_SECONDS,
    },
  });

  return {
    url: gateway.url,
    stop: async () => {
      await Promise.all([gateway, ...workers].map((app) => app.stop()));
      calls.stop();
    },
  };
}
