import { loadSettings, modelCatalogSettings, requireServers } from '@troupe/config';
import { Database } from '@troupe/database';
import { createLogger, Metrics, runProcess, serveOperations } from '@troupe/observability';
import { createModelCatalog } from '@troupe/providers';
import { connectForWorkers } from '@troupe/queues';
import { startMemoryExtractor } from './start-memory-extractor.js';

const settings = loadSettings(['log', 'models', 'operations', 'storage', 'workers']);
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
  const worker = await startMemoryExtractor({
    database,
    blocking,
    models: createModelCatalog(modelCatalogSettings(settings.models)),
    concurrency: settings.workers.memoryConcurrency,
    logger,
  });
  const { workerHttpPort: port, workerHttpHost: host } = settings.operations;
  const operations = await serveOperations({ port, host, metrics, ready: { postgres: () => database.ping() } });

  return {
    url: operations.url,
    stop: async () => {
      await worker.stop();
      await operations.stop();
      blocking.disconnect();
      await database.close();
    },
  };
}
