import { once } from 'node:events';
import { createServer } from 'node:net';
import { type ListenAddress, listenError } from './listen-error.js';

/**
 * Listens for a moment, so that a long start does not end in what could be known before it.
 * @throws ListenError
 */
export async function checkListenAddress(address: ListenAddress): Promise<void> {
  const server = createServer();
  try {
    server.listen({ port: address.port, host: address.host });
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error, address);
  }
  server.close();
  await once(server, 'close');
}
