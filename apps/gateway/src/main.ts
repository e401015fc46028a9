import { configuredLimits, loadSettings, modelCatalogSettings, requireServers } from '@troupe/config';
import { Database } from '@troupe/database';
import { openPriceBook, startModelCalls } from '@troupe/model-calls';
import { createLogger, Metrics, runProcess } from '@troupe/observability';
import { defaultPersona, personas } from '@troupe/personas';
import { createModelCatalog } from '@troupe/providers';
import { connectForCommands, connectForSubscribing } from '@troupe/queues';
import { createToolCatalog } from '@troupe/tools';
import { firstApiKey } from './auth/first-api-key.js';
import { startGateway } from './start-gateway.js';

/** Less than the 25 s after which `runProcess` gives up. */
const DRAIN_SECONDS = 20;

const settings = loadSettings([
  'auth',
  'backpressure',
  'http',
  'limits',
  'log',
  'models',
  'prices',
  'runs',
  'storage',
  'tools',
]);
const limits = configuredLimits(settings.limits);
const providers = modelCatalogSettings(settings.models);
const prices = openPriceBook(providers, settings.prices.file);
const logger = createLogger({ name: 'gateway', ...settings.log });

await runProcess({ name: 'gateway', logger, start });

async function start() {
  const { databaseUrl, redisUrl } = requireServers(settings.storage);
  const database = await Database.connect({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize,
    applicationName: 'gateway',
    onConnectionError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  await database.migrate();
  const commands = connectForCommands(redisUrl, logger);
  const subscriber = connectForSubscribing(redisUrl, logger);
  const limiter = connectForCommands(redisUrl, logger);
  const models = createModelCatalog(providers);
  const calls = await startModelCalls({ database, redis: limiter, models, limits, prices, logger });
  const { key, file } = await firstApiKey({ apiKey: settings.auth.apiKey, dataDir: settings.storage.dataDir });
  if (file) logger.info({ file }, 'the first API key is in this file');

  const { port, host, maxBodyBytes } = settings.http;
  const gateway = await startGateway({
    database,
    commands,
    subscriber,
    models,
    calls,
    tools: createToolCatalog(settings.tools),
    personas,
    defaultAgent: defaultPersona.slug,
    apiKey: key,
    options: {
      port,
      host,
      maxBodyBytes,
      deadlineSeconds: settings.runs.deadlineSeconds,
      limits: settings.backpressure,
      drainSeconds: DRAIN_SECONDS,
    },
    logger,
    metrics: new Metrics(),
  });

  return {
    url: gateway.url,
    stop: async () => {
      await gateway.stop();
      calls.stop();
      for (const connection of [commands, subscriber, limiter]) connection.disconnect();
      await database.close();
    },
  };
}
