import { configuredLimits, loadSettings, modelCatalogSettings, requireServers, unknownSettings } from '@troupe/config';
import { openDatabase } from '@troupe/database';
import { openPriceBook, startModelCalls } from '@troupe/model-calls';
import { createLogger, Metrics, orExit, runProcess } from '@troupe/observability';
import { defaultPersona, personas } from '@troupe/personas';
import { createModelCatalog } from '@troupe/providers';
import { connectForCommands, connectForSubscribing } from '@troupe/queues';
import { createToolCatalog } from '@troupe/tools';
import { firstApiKey } from './auth/first-api-key.js';
import { startGateway } from './start-gateway.js';

/** Less than the 25 s after which `runProcess` gives up. */
const DRAIN_SECONDS = 20;

const settings = orExit(() =>
  loadSettings(['auth', 'backpressure', 'http', 'limits', 'log', 'models', 'prices', 'runs', 'storage', 'tools']),
);
const limits = orExit(() => configuredLimits(settings.limits));
const providers = orExit(() => modelCatalogSettings(settings.models));
const prices = orExit(() => openPriceBook(providers, settings.prices.file), 'TROUPE_PRICES_FILE');
const tools = orExit(() => createToolCatalog(settings.tools), 'TROUPE_TOOLS_FILE');
const { databaseUrl, redisUrl } = orExit(() => requireServers(settings.storage));
const logger = createLogger({ name: 'gateway', ...settings.log });
for (const { advice } of unknownSettings()) logger.warn(advice);

await runProcess({ name: 'gateway', logger, start });

async function start() {
  const metrics = new Metrics();
  const database = await openDatabase({
    url: databaseUrl,
    poolSize: settings.storage.databasePoolSize,
    applicationName: 'gateway',
    logger,
    metrics,
  });
  const commands = connectForCommands(redisUrl, logger);
  const subscriber = connectForSubscribing(redisUrl, logger);
  const limiter = connectForCommands(redisUrl, logger);
  const models = createModelCatalog(providers);
  const calls = await startModelCalls({ database, redis: limiter, models, limits, prices, meter: metrics, logger });
  const { key, file } = await firstApiKey({ apiKey: settings.auth.apiKey, dataDir: settings.storage.dataDir });
  if (file) logger.info({ file }, 'the first API key is in this file');

  const { port, host, maxBodyBytes, corsOrigins } = settings.http;
  const gateway = await startGateway({
    database,
    commands,
    subscriber,
    models,
    calls,
    tools,
    personas,
    defaultAgent: defaultPersona.slug,
    apiKey: key,
    options: {
      port,
      host,
      maxBodyBytes,
      corsOrigins,
      deadlineSeconds: settings.runs.deadlineSeconds,
      limits: settings.backpressure,
      drainSeconds: DRAIN_SECONDS,
    },
    logger,
    metrics,
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
