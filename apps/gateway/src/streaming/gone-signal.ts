import type { FastifyReply } from 'fastify';

/** Aborts when the response is over; before it was sent, that means that its caller has gone. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
