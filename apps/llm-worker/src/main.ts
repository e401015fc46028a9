import { configuredLimits, loadSettings, modelCatalogSettings, requireServers, unknownSettings } from '@troupe/config';
import { openDatabase } from '@troupe/database';
import { openPriceBook, startModelCalls } from '@troupe/model-calls';
import { createLogger, Metrics, orExit, runProcess, serveOperations } from '@troupe/observability';
import { createModelCatalog } from '@troupe/providers';
import { connectForCommands, connectForPublishing, connectForSubscribing, connectForWorkers } from '@troupe/queues';
import { createToolCatalog } from '@troupe/tools';
import { startLlmWorker } from './start-llm-worker.js';

const settings = orExit(() =>
  loadSettings(['limits', 'log', 'models', 'operations', 'prices', 'runs', 'storage', 'tools', 'workers']),
);
const limits = orExit(() => configuredLimits(settings.limits));
const providers = orExit(() => modelCatalogSettings(settings.models));
const prices = orExit(() => openPriceBook(providers, settings.prices.file), 'TROUPE_PRICES_FILE');
const tools = orExit(() => createToolCatalog(settings.tools), 'TROUPE_TOOLS_FILE');
const { databaseUrl, redisUrl } = orExit(() => requireServers(settings.storage));
const logger = createLogger({ name: 'llm-worker', ...settings.log });
for (const { advice } of unknownSettings()) logger.warn(advice);

await runProcess({ name: 'llm-worker', logger, start });

async function start() {
  const metrics = new Metrics();
  const database = await openDatabase({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize,
    applicationName: 'llm-worker',
    logger,
    metrics,
  });
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
    meter: metrics,
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
    tools,
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
