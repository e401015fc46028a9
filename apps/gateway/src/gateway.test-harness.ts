import { randomInt } from 'node:crypto';
import { type SourcedLimitRule, TroupeError } from '@troupe/contracts';
import { Database, ensureTenant, generateApiKey, LimitTable, storeApiKey } from '@troupe/database';
import { ModelCalls } from '@troupe/model-calls';
import { createLogger, Metrics } from '@troupe/observability';
import { defaultPersona, personas } from '@troupe/personas';
import { createPriceBook } from '@troupe/prices';
import { connectForCommands, connectForSubscribing } from '@troupe/queues';
import { MemoryCallLimiter } from '@troupe/rate-limiter';
import type {
  BatchCatalog,
  CallLimiter,
  CircuitBreakers,
  EmbeddingCatalog,
  EmbeddingModel,
  ModelCatalog,
} from '@troupe/spec';
import { createTestDatabase, ScriptedModel, testRedisUrl } from '@troupe/testing';
import { toolsByName } from '@troupe/tools';
import type { Redis } from 'ioredis';
import { MeasuredBatches } from './gateway.test-batches.js';
import { TestWorker } from './gateway.test-worker.js';
import type { GatewayDependencies, GatewayOptions } from './gateway-dependencies.js';
import { startGateway } from './start-gateway.js';

export interface GatewayHarness {
  url: string;
  /** Of the first tenant's administrator. */
  key: string;
  /** Of the first tenant, without an administrator's rights. */
  userKey: string;
  /** Of another tenant's administrator. */
  otherTenantKey: string;
  database: Database;
  commands: Redis;
  /** The default model; a run fails with `internal_error` when its script is over. */
  model: ScriptedModel;
  worker: TestWorker;
  limiter: CallLimiter;
  /** Sends JSON with the first key, unless `key` says otherwise (null: none). */
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  /** Stops the gateway alone, as a signal would; what it runs on stays. */
  stopGateway(): Promise<void>;
  stop(): Promise<void>;
}

/** A test that lets its provider fail is not to be felt by the next one. */
const NEVER_OPEN: CircuitBreakers = {
  ask: async () => ({ allowed: true, probe: false }),
  tell: async () => undefined,
  condemn: async () => undefined,
  livingAccounts: async (_provider, accounts) => [...accounts],
};

/** More than any test asks for, however busy the machine is. */
const LIMITS = { queuedRunsPerTenant: 10_000, queuedRuns: 10_000, connectionWaitMs: 20_000, eventLoopDelayMs: 20_000 };

export interface CallOptions {
  body?: unknown;
  key?: string | null;
  headers?: Record<string, string>;
}

/** What providers allow, for tests of that. */
export interface TestLimits {
  /** Those of the file and of the environment. */
  configured?: SourcedLimitRule[];
}

/** A gateway on a free port with a database of its own and a worker; their models follow scripts unless others are given. */
export async function startGatewayForTest(
  options: Partial<GatewayOptions> = {},
  { configured = [] }: TestLimits = {},
  provided?: GatewayDependencies['models'],
): Promise<GatewayHarness> {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const server = await createTestDatabase();
  const database = await Database.connect({
    url: server.url,
    poolSize: 8,
    applicationName: 'test',
    onConnectionError: () => undefined,
  });
  await database.migrate();
  const redisUrl = ownRedisUrl();
  const commands = connectForCommands(redisUrl, logger);
  const subscriber = connectForSubscribing(redisUrl, logger);
  await Promise.all([ready(commands), ready(subscriber)]);

  const model = new ScriptedModel([], { id: 'scripted/model' });
  const models = provided ?? catalogOf(model);
  const keys = { key: generateApiKey(), userKey: generateApiKey(), otherTenantKey: generateApiKey() };
  const limitTable = new LimitTable({ database, configured, onError: () => undefined });
  const limiter = new MemoryCallLimiter({ limitsOf: (scope) => limitTable.limitsOf(scope) });
  // Never started: what the gateway knows of a change it has from the change itself, not from a look some seconds later.
  const dependencies: GatewayDependencies = {
    database,
    commands,
    subscriber,
    models,
    tools: toolsByName,
    calls: new ModelCalls({
      database,
      models,
      prices: createPriceBook(),
      limiter,
      limits: limitTable,
      breakers: NEVER_OPEN,
      onTrouble: () => undefined,
    }),
    personas,
    defaultAgent: defaultPersona.slug,
    apiKey: keys.key,
    options: {
      port: 0,
      host: '127.0.0.1',
      maxBodyBytes: 1_000_000,
      deadlineSeconds: 30,
      limits: LIMITS,
      drainSeconds: 5,
      ...options,
    },
    logger,
    metrics: new Metrics(),
  };
  const gateway = await startGateway(dependencies);
  const tenantId = await ensureTenant(database, 'default');
  await storeApiKey(database, { tenantId, name: 'user', key: keys.userKey, role: 'user' });
  const otherTenantId = await ensureTenant(database, 'other');
  await storeApiKey(database, { tenantId: otherTenantId, name: 'other', key: keys.otherTenantKey, role: 'admin' });
  const worker = new TestWorker({ database, commands, models, tools: toolsByName });
  worker.start();

  let stopped: Promise<void> | undefined;
  const stopGateway = () => {
    stopped ??= gateway.stop();
    return stopped;
  };

  return {
    url: gateway.url,
    ...keys,
    database,
    commands,
    model,
    worker,
    limiter,
    call: (method, path, call = {}) => callWith(`${gateway.url}${path}`, method, { key: keys.key, ...call }),
    stopGateway,
    stop: async () => {
      await worker.stop();
      await stopGateway();
      commands.disconnect();
      subscriber.disconnect();
      await database.close();
      await server.drop();
    },
  };
}

/** One of Redis' numbered databases, so that other tests' workers do not take the jobs of this one's queues. */
function ownRedisUrl(): string {
  const url = new URL(testRedisUrl());
  url.pathname = `/${randomInt(1, 16)}`;
  return url.toString();
}

function ready(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return Promise.resolve();
  return new Promise((resolve) => redis.once('ready', () => resolve()));
}

function catalogOf(model: ScriptedModel): ModelCatalog & EmbeddingCatalog & BatchCatalog {
  return {
    resolveBatches: (id) => {
      if (id === model.id) return new MeasuredBatches(model.id);
      throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `There is no model ${id}.` });
    },
    resolveEmbedding: (id) => {
      if (id === lengths.id) return lengths;
      throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `There is no model ${id}.` });
    },
    defaultModel: model.id,
    resolve: (id) => {
      if (id === model.id) return model;
      throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `There is no model ${id}.` });
    },
    list: async () => [{ id: model.id, provider: 'scripted' }],
  };
}

/** Makes vectors of the length of each text. */
const lengths: EmbeddingModel = {
  id: 'scripted/lengths',
  accounts: ['none'],
  embed: async ({ texts, dimensions = 2 }) => ({
    vectors: texts.map((text) => Array.from({ length: dimensions }, (_, index) => text.length + index / 2)),
    inputTokens: texts.length,
    estimated: false,
  }),
};

function callWith(url: string, method: string, { body, key, headers = {} }: CallOptions): Promise<Response> {
  return fetch(url, {
    method,
    headers: {
      ...(key != null && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}
