import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AllowedMethods } from '../errors/allowed-methods.js';

/** What scripts of other origins may read beside the body. */
const EXPOSED_HEADERS = [
  'idempotency-replayed',
  'location',
  'retry-after',
  'x-request-id',
  'x-run-id',
  'x-should-retry',
  'x-thread-id',
].join(', ');

/** How long a browser need not ask again, in seconds: the longest that Chromium keeps it. */
const MAX_AGE_SECONDS = 7_200;

/**
 * Lets pages of other origins call (the Fetch standard's CORS protocol). Keys travel in a header that a page must have
 * been given, never in a cookie, so no page can act for somebody who merely looks at it. Add it before the hook that
 * authenticates: a browser asks without a key, and a page is to read why its own key was refused.
 * @param origins with commas between them, or `*`
 */
export function allowOrigins(server: FastifyInstance, origins: string, allowedMethods: AllowedMethods): void {
  const everybody = origins.trim() === '*';
  const allowed = new Set(origins.split(',').map((origin) => origin.trim().toLowerCase()));

  server.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (!everybody) reply.header('vary', 'origin');
    if (origin === undefined || !(everybody || allowed.has(origin.toLowerCase()))) return;
    reply.header('access-control-allow-origin', everybody ? '*' : origin);
    reply.header('access-control-expose-headers', EXPOSED_HEADERS);
    if (isPreflight(request)) return answerPreflight(request, reply, allowedMethods);
  });
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply, allowedMethods: AllowedMethods): FastifyReply {
  const methods = allowedMethods.of(request.url.split('?', 1)[0] ?? '/');
  return reply
    .status(204)
    .header('access-control-allow-methods', methods.join(', '))
    .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '')
    .header('access-control-max-age', MAX_AGE_SECONDS)
    .send();
}
