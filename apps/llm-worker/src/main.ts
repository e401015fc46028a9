import { configuredLimits, loadSettings, modelCatalogSettings, requireServers } from '@troupe/config';
import { Database } from '@troupe/database';
import { openPriceBook, startModelCalls } from '@troupe/model-calls';
import { createLogger, Metrics, runProcess, serveOperations } from '@troupe/observability';
import { createModelCatalog } from '@troupe/providers';
import { connectForCommands, connectForPublishing, connectForSubscribing, connectForWorkers } from '@troupe/queues';
import { createToolCatalog } from '@troupe/tools';
import { startLlmWorker } from './start-llm-worker.js';

const settings = loadSettings([
  'limits',
  'log',
  'models',
  'operations',
  'prices',
  'runs',
  'storage',
  'tools',
  'workers',
]);
const limits = configuredLimits(settings.limits);
const providers = modelCatalogSettings(settings.models);
const prices = openPriceBook(providers, settings.prices.file);
const logger = createLogger({ name: 'llm-worker', ...settings.log });

await runProcess({ name: 'llm-worker', logger, start });

async function start() {
  const { databaseUrl, redisUrl } = requireServers(settings.storage);
  const metrics = new Metrics();
  const database = await Database.connect({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize,
    applicationName: 'llm-worker',
    onConnectionError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  await database.migrate();
  const commands = connectForCommands(redisUrl, logger);
  const events = connectForPublishing(redisUrl, logger);
  const blocking = connectForWorkers(redisUrl, logger);
  const limiter = connectForCommands(redisUrl, logger);
  const subscriber = connectForSubscribing(redisUrl, logger);
  const models = createModelCatalog(providers);
  const calls = await startModelCalls({
    database,
    redis: limiter,
    models,
    limits,
    prices,
    logger,
  });
  const worker = await startLlmWorker({
    database,
    commands,
    events,
    blocking,
    subscriber,
    calls,
    batches: models,
    tools: createToolCatalog(settings.tools),
    concurrency: settings.workers.llmConcurrency,
    leaseSeconds: settings.runs.leaseSeconds,
    turnSeconds: settings.runs.turnSeconds,
    eventHours: settings.runs.eventHours,
    logger,
    metrics,
  });
  const { workerHttpPort: port, workerHttpHost: host } = settings.operations;
  const operations = await serveOperations({ port, host, metrics, ready: { postgres: () => database.ping() } });

  return {
    url: operations.url,
    stop: async () => {
      await worker.stop();
      calls.stop();
      await operations.stop();
      for (const connection of [commands, events, blocking, subscriber, limiter]) connection.disconnect();
      await database.close();
    },
  };
}
