import { loadSettings, modelCatalogSettings, requireServers } from '@troupe/config';
import { Database } from '@troupe/database';
import { createLogger, Metrics, runProcess, serveOperations } from '@troupe/observability';
import { createModelCatalog } from '@troupe/providers';
import { connectForWorkers } from '@troupe/queues';
import { startSummaryWorker } from './start-summary-worker.js';

const settings = loadSettings(['log', 'models', 'operations', 'storage', 'workers']);
const logger = createLogger({ name: 'summary-worker', ...settings.log });

await runProcess({ name: 'summary-worker', logger, start });

async function start() {
  const { databaseUrl, redisUrl } = requireServers(settings.storage);
  const metrics = new Metrics();
  const database = await Database.connect({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize,
    applicationName: 'summary-worker',
    onConnectionError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  await database.migrate();
  const blocking = connectForWorkers(redisUrl, logger);
  const worker = await startSummaryWorker({
    database,
    blocking,
    models: createModelCatalog(modelCatalogSettings(settings.models)),
    concurrency: settings.workers.summaryConcurrency,
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
