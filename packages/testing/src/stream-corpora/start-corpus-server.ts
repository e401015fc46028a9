import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** One body, in the pieces in which it is sent. */
export interface ServedBody {
  contentType: string;
  pieces: readonly Buffer[];
  /** `cut`: the connection breaks after the last piece. */
  ending: 'end' | 'cut';
}

export interface CorpusServer {
  /** A base URL under which every request is answered with this body. */
  serve(body: ServedBody): string;
  close(): Promise<void>;
}

/** Answers whatever is asked with the body that belongs to the path. */
export async function startCorpusServer(): Promise<CorpusServer> {
  const bodies: ServedBody[] = [];
  const server = createServer((request, response) => {
    const index = Number(request.url?.split('/')[1]);
    const body = bodies[index];
    request.resume();
    if (body === undefined) response.writeHead(404).end();
    else void writeBody(body, response);
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    serve: (body) => `http://127.0.0.1:${port}/${bodies.push(body) - 1}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function writeBody({ contentType, pieces, ending }: ServedBody, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': contentType });
  response.flushHeaders();
  for (const piece of pieces) {
    if (response.destroyed) return;
    response.write(piece);
    // Pieces that are written in one turn would leave as one packet.
    await setImmediate();
  }
  if (ending === 'end') response.end();
  else response.write('', () => response.socket?.destroy());
}
