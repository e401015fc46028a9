import { configuredLimits, loadSettings, modelCatalogSettings, requireServers } from '@troupe/config';
import { Database } from '@troupe/database';
import { openPriceBook, startModelCalls } from '@troupe/model-calls';
import { createLogger, Metrics, runProcess, serveOperations } from '@troupe/observability';
import { createModelCatalog } from '@troupe/providers';
import { connectForCommands, connectForWorkers } from '@troupe/queues';
import { startMemoryExtractor } from './start-memory-extractor.js';

const settings = loadSettings(['limits', 'log', 'models', 'operations', 'prices', 'storage', 'workers']);
const limits = configuredLimits(settings.limits);
const providers = modelCatalogSettings(settings.models);
const prices = openPriceBook(providers, settings.prices.file);
const logger = createLogger({ name: 'memory-extractor', ...settings.log });

await runProcess({ name: 'memory-extractor', logger, start });

async function start() {
  const { databaseUrl, redisUrl } = requireServers(settings.storage);
  const metrics = new Metrics();
  const database = await Database.connect({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize,
    applicationName: 'memory-extractor',
    onConnectionError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  await database.migrate();
  const blocking = connectForWorkers(redisUrl, logger);
  const limiter = connectForCommands(redisUrl, logger);
  const calls = await startModelCalls({
    database,
    redis: limiter,
    models: createModelCatalog(providers),
    limits,
    prices,
    logger,
  });
  const worker = await startMemoryExtractor({
    database,
    blocking,
    calls,
    concurrency: settings.workers.memoryConcurrency,
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
