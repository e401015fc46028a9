import { configuredLimits, loadSettings, modelCatalogSettings, requireServers, unknownSettings } from '@troupe/config';
import { openDatabase } from '@troupe/database';
import { openPriceBook, startModelCalls } from '@troupe/model-calls';
import { createLogger, Metrics, orExit, runProcess, serveOperations } from '@troupe/observability';
import { createModelCatalog } from '@troupe/providers';
import { connectForCommands, connectForWorkers } from '@troupe/queues';
import { startSummaryWorker } from './start-summary-worker.js';

const settings = orExit(() => loadSettings(['limits', 'log', 'models', 'operations', 'prices', 'storage', 'workers']));
const limits = orExit(() => configuredLimits(settings.limits));
const providers = orExit(() => modelCatalogSettings(settings.models));
const prices = orExit(() => openPriceBook(providers, settings.prices.file), 'TROUPE_PRICES_FILE');
const { databaseUrl, redisUrl } = orExit(() => requireServers(settings.storage));
const logger = createLogger({ name: 'summary-worker', ...settings.log });
for (const { advice } of unknownSettings()) logger.warn(advice);

await runProcess({ name: 'summary-worker', logger, start });

async function start() {
  const metrics = new Metrics();
  const database = await openDatabase({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize,
    applicationName: 'summary-worker',
    logger,
    metrics,
  });
  const blocking = connectForWorkers(redisUrl, logger);
  const limiter = connectForCommands(redisUrl, logger);
  const calls = await startModelCalls({
    database,
    redis: limiter,
    models: createModelCatalog(providers),
    limits,
    prices,
    meter: metrics,
    logger,
  });
  const worker = await startSummaryWorker({
    database,
    blocking,
    calls,
    concurrency: settings.workers.summaryConcurrency,
    logger,
  });
  const { workerHttpPort: port, workerHttpHost: host } = settings.operations;
  const operations = await serveOperations({ port, host, metrics, ready: { postgres: () => database.ping() } });

  return {
    url: operations.url,
    stop: async () => {
      await worker.stop();
      calls.stop();
      await operations.stop();
      for (const connection of [blocking, limiter]) connection.disconnect();
      await database.close();
    },
  };
}
