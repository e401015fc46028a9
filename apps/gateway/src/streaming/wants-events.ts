import type { FastifyRequest } from 'fastify';

/** Whether a client that said nothing about streaming in its body asks for server-sent events. */
export function wantsEvents({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/event-stream') ?? false;
}
