import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getQueueToken } from '@nestjs/bullmq';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { historyLimit } from '@troupe/agent';
import { isId, newId, TroupeError } from '@troupe/contracts';
import { appendEvents, ensurePersonas, ensureTenant, PostgresEventArchive, storeApiKey } from '@troupe/database';
import { listenError, type RunningApp, urlOfAddress } from '@troupe/observability';
import { watchRedis } from '@troupe/queues';
import { RunEventHub, RunEventPublisher } from '@troupe/run-log';
import type { Queue } from 'bullmq';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeyCache } from './auth/api-key-cache.js';
import { authenticate } from './auth/authenticate.js';
import { createAdmission } from './backpressure/create-admission.js';
import { ProcessLoad } from './backpressure/process-load.js';
import { allowLargeBatches } from './batches/allow-large-batches.js';
import { allowOrigins } from './cors/allow-origins.js';
import { mountDashboard } from './dashboard/mount-dashboard.js';
import { drainGateway } from './drain-gateway.js';
import { AllowedMethods } from './errors/allowed-methods.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { refuseUnreadable, requireHost } from './errors/refuse-unreadable.js';
import { GatewayModule, type GatewayParts } from './gateway.module.js';
import type { GatewayDependencies } from './gateway-dependencies.js';
import { parseQuery } from './input/parse-query.js';
import { readBodies } from './input/read-bodies.js';
import { validationPipe } from './input/validate-body.js';
import { checkConfiguredLimits } from './limits/check-configured-limits.js';
import { documentApi } from './openapi/document-api.js';
import { Readiness } from './operations/readiness.js';
import { watchWork } from './operations/watch-work.js';
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
  watchRedis(commands, logger);
  tellOfDefaultModel(dependencies);
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
    admission: createAdmission({ database, limits, load, logger, metrics }),
    lastCall: new LastCall(),
  };
  const allowedMethods = new AllowedMethods();
  const problems = new ProblemFilter({ logger, allowedMethods });
  const adapter = new FastifyAdapter({
    bodyLimit: options.maxBodyBytes,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A request that slips in on an open connection during a stop is answered like any other, and the connection closed.
    return503OnClosing: false,
    genReqId: ({ headers }: IncomingMessage) => requestId(headers['x-request-id']),
    // What Node and Fastify would answer by themselves, before there is a route.
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.header('x-request-id', request.id);
      void problems.answer(error, request, reply);
    },
    http: { requireHostHeader: false },
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true, querystringParser: parseQuery },
  });
  allowedMethods.watch(adapter.getInstance());
  allowLargeBatches(adapter.getInstance(), options.maxBodyBytes);
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.register(dependencies, parts), adapter, {
    logger: false,
    bodyParser: false,
  });
  prepareServer(app, dependencies, { operatorTenantId, allowedMethods });
  const queues = QUEUE_NAMES.map((name) => app.get<Queue>(getQueueToken(name)));
  watchWork({ metrics, database, redis: commands, queues });
  await mountDashboard(app, queues);
  documentApi(app);
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(problems);
  const { port, host } = options;
  await app.listen(port, host).catch((error: unknown) => {
    throw listenError(error, { port, host, portSetting: 'PORT', hostSetting: 'HOST' });
  });
  load.start();

  return {
    url: urlOfAddress(app.getHttpServer().address() as AddressInfo),
    stop: async () => {
      const { server } = app.getHttpAdapter().getInstance();
      const withinMs = options.drainSeconds * 1_000;
      await drainGateway({ server, readiness: app.get(Readiness), ...parts, withinMs });
      await app.close();
      load.stop();
    },
  };
}

/** Agents that name no model would fail one by one, each run saying the same. */
function tellOfDefaultModel({ models, logger }: GatewayDependencies): void {
  try {
    models.resolve(models.defaultModel);
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    logger.warn(`DEFAULT_MODEL cannot be used, and agents that name no model fail. ${error.message}`);
  }
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
  { database, metrics, logger, options }: GatewayDependencies,
  { operatorTenantId, allowedMethods }: { operatorTenantId: string; allowedMethods: AllowedMethods },
): void {
  const server = app.getHttpAdapter().getInstance();
  const readiness = app.get(Readiness);
  // An unknown expectation may be ignored (RFC 9110, section 10.1.1).
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response));
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    // Whoever holds a connection to a process that stops, such as a load balancer, is to use another next time.
    if (readiness.draining) reply.header('connection', 'close');
    done();
  });
  server.addHook('onRequest', requireHost);
  if (options.corsOrigins !== undefined) allowOrigins(server, options.corsOrigins, allowedMethods);
  server.addHook('onRequest', authenticate(new ApiKeyCache(database), operatorTenantId));
  readBodies(server);
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
