import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';

export const KEY_HEADER = 'Idempotency-Key';

const MAX_KEY_LENGTH = 255;
const KEY = new RegExp(`^[\\x20-\\x7e]{1,${MAX_KEY_LENGTH}}$`);

/**
 * The `Idempotency-Key` of a request, as a structured-field string or bare; undefined without the header.
 * @throws TroupeError `invalid_request`
 */
export function readKey({ headers }: FastifyRequest): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  const key = /^"(.*)"$/.exec(String(header))?.[1] ?? String(header);
  if (KEY.test(key)) return key;
  const message = `${KEY_HEADER} must have 1 to ${MAX_KEY_LENGTH} characters, all of them printable ASCII.`;
  throw invalidRequest([fieldError([KEY_HEADER], message)]);
}

/** A hash of what makes two requests the same. */
export function hashOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64');
}
