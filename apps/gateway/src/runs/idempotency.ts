import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { RunRequest } from './run-request.js';

const MAX_KEY_LENGTH = 255;

/**
 * The `Idempotency-Key` of a request (a structured-field string or bare), with a hash of the body it belongs to; null
 * without the header.
 */
export function idempotencyOf(request: FastifyRequest, endpoint: string): RunRequest['idempotency'] {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  const key = /^"(.*)"$/.exec(String(header))?.[1] ?? String(header);
  if (key === '' || key.length > MAX_KEY_LENGTH) {
    const message = `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters.`;
    throw invalidRequest([fieldError(['Idempotency-Key'], message)]);
  }
  const requestHash = createHash('sha256')
    .update(JSON.stringify(request.body ?? null))
    .digest('base64');
  return { endpoint, key, requestHash };
}
