import { loadSettings, requireServers } from '@troupe/config';
import { Database } from '@troupe/database';
import { createLogger, Metrics, runProcess, serveOperations } from '@troupe/observability';
import { connectForCommands, connectForPublishing, connectForSubscribing, connectForWorkers } from '@troupe/queues';
import { createToolCatalog } from '@troupe/tools';
import { startToolWorker } from './start-tool-worker.js';

const settings = loadSettings(['log', 'operations', 'runs', 'storage', 'tools', 'workers']);
const logger = createLogger({ name: 'tool-worker', ...settings.log });

await runProcess({ name: 'tool-worker', logger, start });

async function start() {
  const { databaseUrl, redisUrl } = requireServers(settings.storage);
  const metrics = new Metrics();
  const database = await Database.connect({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize,
    applicationName: 'tool-worker',
    onConnectionError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  await database.migrate();
  const commands = connectForCommands(redisUrl, logger);
  const events = connectForPublishing(redisUrl, logger);
  const blocking = connectForWorkers(redisUrl, logger);
  const subscriber = connectForSubscribing(redisUrl, logger);
  const worker = await startToolWorker({
    database,
    commands,
    events,
    blocking,
    subscriber,
    tools: createToolCatalog(settings.tools),
    concurrency: settings.workers.toolConcurrency,
    leaseSeconds: settings.runs.leaseSeconds,
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
