import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { EmbeddedServiceError } from './embedded-service-error.js';

/** Below the ranges from which systems hand out ports to outgoing connections, so that none of those is in the way later. */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;

/** The preferred port if nothing listens on it, else another free one; on 127.0.0.1. */
export async function findFreePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (await isFree(port)) return port;
  }
  throw new EmbeddedServiceError(`No free port between ${LOWEST_PORT} and ${HIGHEST_PORT} on 127.0.0.1.`);
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
