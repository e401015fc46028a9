import { configuredLimits, environment, loadSettings, modelCatalogSettings, unknownSettings } from '@troupe/config';
import { DataDirInUseError, EmbeddedServiceError, startEmbeddedServices } from '@troupe/embedded-services';
import { firstApiKey } from '@troupe/gateway';
import { openPriceBook } from '@troupe/model-calls';
import { checkListenAddress, createLogger, ListenError, orExit, runProcess } from '@troupe/observability';
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
const prices = orExit(() => openPriceBook(providers, settings.prices.file), 'TROUPE_PRICES_FILE');
const tools = orExit(() => createToolCatalog(settings.tools), 'TROUPE_TOOLS_FILE');
const logger = createLogger({ name: 'troupe', ...settings.log });
const unknown = unknownSettings();
for (const { advice } of unknown) logger.warn(advice);

await runProcess({ name: 'troupe', logger, start });

async function start() {
  const { storage } = settings;
  const services = await startEmbeddedServices({
    dataDir: storage.dataDir,
    postgres: storage.databaseUrl === undefined,
    redis: storage.redisUrl === undefined,
    onFolderTaken: checkAddresses,
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
          env: { ...environmentOfApps(), DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, TROUPE_API_KEY: key },
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
    process.stdout.write(
      readyBlock({
        url: app.url,
        host: settings.http.host,
        keyFile: file ?? undefined,
        models,
        processes: app.processes,
      }),
    );
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

/** A port that is taken is told at once, and not after the databases have started. */
async function checkAddresses(): Promise<void> {
  const { host, port } = settings.http;
  const ports = port === 0 ? [0] : Array.from({ length: args.gateways }, (_, index) => port + index);
  for (const one of ports) await checkListenAddress({ host, port: one, hostSetting: 'HOST', portSetting: 'PORT' });
}

/** Without what was complained of here already, and without the files of secrets that the apps are given as they are. */
function environmentOfApps(): typeof environment {
  const given = ['DATABASE_URL_FILE', 'REDIS_URL_FILE', 'TROUPE_API_KEY_FILE'];
  const names = new Set([...given, ...unknown.map(({ variable }) => variable)]);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !names.has(name)));
}

/** Errors that say what to do need no stack. */
function explainAndExit(error: unknown): never {
  const explains = [DataDirInUseError, EmbeddedServiceError, ListenError].some((type) => error instanceof type);
  if (!explains || !(error instanceof Error)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exit(1);
}
