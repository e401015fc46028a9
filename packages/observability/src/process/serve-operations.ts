import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../metrics/metrics.js';
import { listenError } from './listen-error.js';
import { urlOfAddress } from './url-of-address.js';

export interface OperationsOptions {
  /** 0 takes a free one; undefined serves nothing. */
  port: number | undefined;
  host: string;
  /** What the process needs, by name; a check that rejects says that it is not there. */
  ready: Readonly<Record<string, () => Promise<unknown>>>;
  metrics: Metrics;
}

export interface OperationsServer {
  /** Undefined when nothing is served. */
  url: string | undefined;
  stop(): Promise<void>;
}

/** Answers `/livez` (the process turns), `/readyz` (200 or 503, with what is missing) and `/metrics`. */
export async function serveOperations(options: OperationsOptions): Promise<OperationsServer> {
  const { port, host } = options;
  if (port === undefined) return { url: undefined, stop: async () => undefined };
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    answer(path, options, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(listenError(error, { port, host, portSetting: 'WORKER_HTTP_PORT', hostSetting: 'WORKER_HTTP_HOST' })),
    );
    server.listen(port, host, resolve);
  });
  return {
    url: urlOfAddress(server.address() as AddressInfo),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(path: string | undefined, options: OperationsOptions, response: ServerResponse): Promise<void> {
  if (path === '/livez') return sendJson(response, 200, { status: 'ok' });
  if (path === '/readyz') {
    const parts = await checkAll(options.ready);
    const ready = Object.values(parts).every(Boolean);
    return sendJson(response, ready ? 200 : 503, { status: ready ? 'ok' : 'unavailable', parts });
  }
  if (path === '/metrics') {
    const text = await options.metrics.render();
    response.writeHead(200, { 'content-type': options.metrics.contentType }).end(text);
    return;
  }
  sendJson(response, 404, { status: 'not found', paths: ['/livez', '/readyz', '/metrics'] });
}

async function checkAll(checks: OperationsOptions['ready']): Promise<Record<string, boolean>> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const passed = await check().then(
        () => true,
        () => false,
      );
      return [name, passed] as const;
    }),
  );
  return Object.fromEntries(results);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
