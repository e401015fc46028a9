import { loadSettings, modelCatalogSettings, requireServers } from '@troupe/config';
import { Database } from '@troupe/database';
import { createLogger, Metrics, runProcess, serveOperations } from '@troupe/observability';
import { createModelCatalog } from '@troupe/providers';
import { connectForCommands, connectForSubscribing, connectForWorkers } from '@troupe/queues';
import { createToolCatalog } from '@troupe/tools';
import { startLlmWorker } from './start-llm-worker.js';

const settings = loadSettings(['log', 'models', 'operations', 'runs', 'storage', 'tools', 'workers']);
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
  const events = connectForCommands(redisUrl, logger);
  const blocking = connectForWorkers(redisUrl, logger);
  const subscriber = connectForSubscribing(redisUrl, logger);
  const worker = await startLlmWorker({
    database,
    commands,
    events,
    blocking,
    subscriber,
    models: createModelCatalog(modelCatalogSettings(settings.models)),
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
      await operations.stop();
      for (const connection of [commands, events, blocking, subscriber]) connection.disconnect();
      await database.close();
    },
  };
}
