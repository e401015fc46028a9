import { loadSettings, requireServers, unknownSettings } from '@troupe/config';
import { openDatabase } from '@troupe/database';
import { createLogger, Metrics, orExit, runProcess, serveOperations } from '@troupe/observability';
import { connectForCommands, connectForPublishing, connectForSubscribing, connectForWorkers } from '@troupe/queues';
import { createToolCatalog } from '@troupe/tools';
import { startToolWorker } from './start-tool-worker.js';

const settings = orExit(() => loadSettings(['log', 'operations', 'runs', 'storage', 'tools', 'workers']));
const tools = orExit(() => createToolCatalog(settings.tools), 'TROUPE_TOOLS_FILE');
const { databaseUrl, redisUrl } = orExit(() => requireServers(settings.storage));
const logger = createLogger({ name: 'tool-worker', ...settings.log });
for (const { advice } of unknownSettings()) logger.warn(advice);

await runProcess({ name: 'tool-worker', logger, start });

async function start() {
  const metrics = new Metrics();
  const database = await openDatabase({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize,
    applicationName: 'tool-worker',
    logger,
    metrics,
  });
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
    tools,
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
