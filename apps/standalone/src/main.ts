import { configuredLimits, environment, loadSettings, modelCatalogSettings } from '@troupe/config';
import { DataDirInUseError, EmbeddedServiceError, startEmbeddedServices } from '@troupe/embedded-services';
import { firstApiKey } from '@troupe/gateway';
import { openPriceBook } from '@troupe/model-calls';
import { createLogger, runProcess } from '@troupe/observability';
import { createModelCatalog } from '@troupe/providers';
import { createToolCatalog } from '@troupe/tools';
import { readArguments, USAGE } from './read-arguments.js';
import { readyBlock } from './ready-block.js';
import { startInOneProcess } from './start-in-one-process.js';
import { startSplit } from './start-split.js';

const SECTIONS = [
  'auth',
  'backpressure',
  'http',
  'limits',
  'log',
  'models',
  'operations',
  'prices',
  'runs',
  'storage',
  'tools',
  'workers',
] as const;

const args = orExit(() => readArguments(process.argv.slice(2)));
if (args.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
const settings = orExit(() => loadSettings(SECTIONS));
const limits = orExit(() => configuredLimits(settings.limits));
const providers = orExit(() => modelCatalogSettings(settings.models));
const prices = orExit(() => openPriceBook(providers, settings.prices.file));
const tools = orExit(() => createToolCatalog(settings.tools));
const logger = createLogger({ name: 'troupe', ...settings.log });

await runProcess({ name: 'troupe', logger, start });

async function start() {
  const { storage } = settings;
  const services = await startEmbeddedServices({
    dataDir: storage.dataDir,
    postgres: storage.databaseUrl === undefined,
    redis: storage.redisUrl === undefined,
    onProgress: (message) => logger.info(message),
  }).catch(explainAndExit);
  try {
    const { key, file } = await firstApiKey({ apiKey: settings.auth.apiKey, dataDir: services.dataDir });
    const databaseUrl = String(storage.databaseUrl ?? services.databaseUrl);
    const redisUrl = String(storage.redisUrl ?? services.redisUrl);
    const models = createModelCatalog(providers);
    const app = args.split
      ? await startSplit({
          counts: args,
          port: settings.http.port,
          pidsDir: services.pidsDir,
          env: { ...environment, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, TROUPE_API_KEY: key },
        })
      : {
          processes: [],
          ...(await startInOneProcess({
            settings,
            databaseUrl,
            redisUrl,
            apiKey: key,
            models,
            tools,
            limits,
            prices,
            logger,
          })),
        };
    await services.setAddress(app.url);
    process.stdout.write(readyBlock({ url: app.url, keyFile: file ?? undefined, models, processes: app.processes }));
    return {
      url: app.url,
      stop: async () => {
        await services.setStopping();
        await app.stop();
        await services.stop();
      },
    };
  } catch (error) {
    await services.stop();
    throw error;
  }
}

/** Errors that say what to do need no stack. */
function explainAndExit(error: unknown): never {
  if (!(error instanceof DataDirInUseError) && !(error instanceof EmbeddedServiceError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exit(1);
}

function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
