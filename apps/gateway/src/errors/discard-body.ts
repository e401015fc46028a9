import type { IncomingMessage } from 'node:http';

/** What is read of a refused body only to be thrown away. Bytes and milliseconds. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_MS = 5_000;

/**
 * Reads a refused body to its end, within limits: many clients read the answer only after they have sent everything,
 * and one whose connection is closed before that sees a broken pipe instead of the reason.
 */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete || Number(request.headers['content-length'] ?? 0) > MAX_BYTES) return;
  const done = Promise.withResolvers<void>();
  const timer = setTimeout(done.resolve, MAX_MS);
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) done.resolve();
  };
  request.on('data', count).once('end', done.resolve).once('close', done.resolve);
  await done.promise;
  request.off('data', count);
  clearTimeout(timer);
}
