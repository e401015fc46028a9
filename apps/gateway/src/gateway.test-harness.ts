import { randomInt } from 'node:crypto';
import { TroupeError } from '@troupe/contracts';
import { Database, ensureTenant, generateApiKey, storeApiKey } from '@troupe/database';
import { createLogger, Metrics } from '@troupe/observability';
import { defaultPersona, personas } from '@troupe/personas';
import { connectForCommands, connectForSubscribing } from '@troupe/queues';
import type { ModelCatalog } from '@troupe/spec';
import { createTestDatabase, ScriptedModel, testRedisUrl } from '@troupe/testing';
import { toolsByName } from '@troupe/tools';
import type { Redis } from 'ioredis';
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
  /** Sends JSON with the first key, unless `key` says otherwise (null: none). */
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  /** Stops the gateway alone, as a signal would; what it runs on stays. */
  stopGateway(): Promise<void>;
  stop(): Promise<void>;
}

/** More than any test asks for, however busy the machine is. */
const LIMITS = { queuedRunsPerTenant: 10_000, queuedRuns: 10_000, connectionWaitMs: 20_000, eventLoopDelayMs: 20_000 };

export interface CallOptions {
  body?: unknown;
  key?: string | null;
  headers?: Record<string, string>;
}

/** A gateway on a free port with a database of its own and a worker whose models follow scripts. */
export async function startGatewayForTest(options: Partial<GatewayOptions> = {}): Promise<GatewayHarness> {
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
  const models = catalogOf(model);
  const keys = { key: generateApiKey(), userKey: generateApiKey(), otherTenantKey: generateApiKey() };
  const dependencies: GatewayDependencies = {
    database,
    commands,
    subscriber,
    models,
    tools: toolsByName,
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

function catalogOf(model: ScriptedModel): ModelCatalog {
  return {
    defaultModel: model.id,
    resolve: (id) => {
      if (id === model.id) return model;
      throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `There is no model ${id}.` });
    },
    list: async () => [{ id: model.id, provider: 'scripted' }],
  };
}

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
