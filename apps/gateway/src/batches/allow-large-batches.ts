import type { FastifyInstance } from 'fastify';

/** A batch holds what would be many requests. */
const BODIES = 16;

/** Lets the body of a new batch be larger than others. To be called before its route is registered. */
export function allowLargeBatches(server: FastifyInstance, maxBodyBytes: number): void {
  server.addHook('onRoute', (route) => {
    if (route.url === '/api/llm/batches' && route.method === 'POST') route.bodyLimit = BODIES * maxBodyBytes;
  });
}
