import type { IdempotentRequest } from '@troupe/database';
import type { FastifyRequest } from 'fastify';
import type { RunRequest } from '../runs/run-request.js';
import { hashOf, readKey } from './read-key.js';

/** The key of a request that starts a run, which is stored with the run; null without the header. */
export function idempotencyOf(request: FastifyRequest, endpoint: string): RunRequest['idempotency'] {
  const key = readKey(request);
  return key === undefined ? null : { endpoint, key, requestHash: hashOf(request.body ?? null) };
}

/** The key of any other request: the same key for another address is another request; null without the header. */
export function idempotentRequestOf(request: FastifyRequest, tenantId: string): IdempotentRequest | null {
  const key = readKey(request);
  if (key === undefined) return null;
  const endpoint = `${request.method} ${request.routeOptions.url}`;
  return { tenantId, endpoint, key, requestHash: hashOf([request.url, request.body ?? null]) };
}
