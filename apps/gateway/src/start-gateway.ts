import type { IncomingMessage } from 'node:http';
import { getQueueToken } from '@nestjs/bullmq';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { historyLimit } from '@troupe/agent';
import { isId, newId } from '@troupe/contracts';
import { appendEvents, ensurePersonas, ensureTenant, PostgresEventArchive, storeApiKey } from '@troupe/database';
import type { RunningApp } from '@troupe/observability';
import { RunEventHub, RunEventPublisher } from '@troupe/run-log';
import type { Queue } from 'bullmq';
import { ApiKeyCache } from './auth/api-key-cache.js';
import { authenticate } from './auth/authenticate.js';
import { createAdmission } from './backpressure/create-admission.js';
import { ProcessLoad } from './backpressure/process-load.js';
import { allowLargeBatches } from './batches/allow-large-batches.js';
import { mountDashboard } from './dashboard/mount-dashboard.js';
import { drainGateway } from './drain-gateway.js';
import { AllowedMethods } from './errors/allowed-methods.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { GatewayModule, type GatewayParts } from './gateway.module.js';
import type { GatewayDependencies } from './gateway-dependencies.js';
import { parseJson } from './input/parse-json.js';
import { validationPipe } from './input/validate-body.js';
import { checkConfiguredLimits } from './limits/check-configured-limits.js';
import { documentApi } from './openapi/document-api.js';
import { countQueueJobs } from './operations/count-queue-jobs.js';
import { Readiness } from './operations/readiness.js';
import { QUEUE_NAMES } from './queue-names.js';
import { LastCall } from './streaming/last-call.js';
import { OpenStreams } from './streaming/open-streams.js';

/** The tenant of the first key. */
const FIRST_TENANT = 'default';
/** A keep-alive longer than that of common load balancers (60 s), so that they never reuse a connection as it closes. */
const KEEP_ALIVE_MS = 72_000;
/** Headers and bodies that trickle in slower than this are cut off, in milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Starts the gateway on connections that its process made; stopping it leaves those open. */
export async function startGateway(dependencies: GatewayDependencies): Promise<RunningApp & { url: string }> {
  const { database, commands, subscriber, logger, metrics, options } = dependencies;
  const operatorTenantId = await seed(dependencies);
  await checkConfiguredLimits(dependencies.calls.limits.configured, dependencies.models);

  const { limits } = options;
  const load = new ProcessLoad({ limits, connectionWaitMs: () => database.connectionWaitMs });
  const parts: GatewayParts = {
    hub: new RunEventHub({ subscriber, archive: new PostgresEventArchive(database) }),
    publisher: new RunEventPublisher({
      redis: commands,
      store: (batches) => appendEvents(database, batches),
      onError: (error) => logger.debug({ err: error }, 'an event was not published; readers find it in the archive'),
    }),
    streams: new OpenStreams(),
    admission: createAdmission({ database, limits, load, logger }),
    lastCall: new LastCall(),
  };
  const adapter = new FastifyAdapter({
    bodyLimit: options.maxBodyBytes,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A request that slips in on an open connection during a stop is answered like any other, and the connection closed.
    return503OnClosing: false,
    genReqId: ({ headers }: IncomingMessage) => requestId(headers['x-request-id']),
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
  });
  const allowedMethods = new AllowedMethods();
  allowedMethods.watch(adapter.getInstance());
  allowLargeBatches(adapter.getInstance(), options.maxBodyBytes);
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.register(dependencies, parts), adapter, {
    logger: false,
    bodyParser: false,
  });
  prepareServer(app, dependencies, operatorTenantId);
  const queues = QUEUE_NAMES.map((name) => app.get<Queue>(getQueueToken(name)));
  metrics.watchQueues(() => countQueueJobs(queues));
  await mountDashboard(app, queues);
  documentApi(app);
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter({ logger, allowedMethods }));
  await app.listen(options.port, options.host);
  load.start();

  return {
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    stop: async () => {
      const { server } = app.getHttpAdapter().getInstance();
      const withinMs = options.drainSeconds * 1_000;
      await drainGateway({ server, readiness: app.get(Readiness), ...parts, withinMs });
      await app.close();
      load.stop();
    },
  };
}

/** The first tenant with its key, and the personas as its agents. Returns the tenant's id. */
async function seed({ database, apiKey, personas }: GatewayDependencies): Promise<string> {
  const tenantId = await ensureTenant(database, FIRST_TENANT);
  await storeApiKey(database, { tenantId, name: 'first key', key: apiKey, role: 'admin' });
  const agents = personas.map(({ slug, configuration }) => ({
    slug,
    configuration,
    historyLimit: historyLimit(configuration.memory, configuration.max_turns),
  }));
  await ensurePersonas(database, tenantId, agents);
  return tenantId;
}

function prepareServer(
  app: NestFastifyApplication,
  { database, metrics, logger }: GatewayDependencies,
  operatorTenantId: string,
): void {
  const server = app.getHttpAdapter().getInstance();
  const readiness = app.get(Readiness);
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseJson(body.toString()));
    } catch (error) {
      done(error as Error);
    }
  });
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    // Whoever holds a connection to a process that stops, such as a load balancer, is to use another next time.
    if (readiness.draining) reply.header('connection', 'close');
    done();
  });
  server.addHook('onRequest', authenticate(new ApiKeyCache(database), operatorTenantId));
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const seconds = reply.elapsedTime / 1_000;
    const { method } = request;
    metrics.httpRequestDuration.observe({ method, route, status: reply.statusCode }, seconds);
    logger.debug({ method, route, status: reply.statusCode, ms: reply.elapsedTime, request_id: request.id }, 'request');
    done();
  });
}

/** The caller's id where it can stand in a log line and a header, else a new one. */
function requestId(given: string | string[] | undefined): string {
  if (typeof given === 'string' && (isId(given) || /^[\w.:-]{1,100}$/.test(given))) return given;
  return newId();
}
