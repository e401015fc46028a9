import type { FastifyReply } from 'fastify';

/** Aborts when the response is over; before it was sent, that means that its caller has gone. */
export function goneSignal({ raw }: FastifyReply): AbortSignal {
  // Who left while the request was being looked at is not announced again.
  if (raw.closed) return AbortSignal.abort();
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}
