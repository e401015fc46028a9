import { afterEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '../metrics/metrics.js';
import { type OperationsServer, serveOperations } from './serve-operations.js';

describe('serveOperations', () => {
  let server: OperationsServer;
  let parts: Record<string, boolean> = {};

  const checks = () =>
    Object.fromEntries(
      Object.entries(parts).map(([name, there]) => [
        name,
        () => (there ? Promise.resolve() : Promise.reject(new Error('away'))),
      ]),
    );

  async function get(path: string) {
    server = await serveOperations({ port: 0, host: '127.0.0.1', ready: checks(), metrics: new Metrics() });
    const response = await fetch(server.url + path);
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
  }

  afterEach(() => server.stop());

  it('lives even when what it needs is missing', async () => {
    parts = { postgres: false };
    expect(await get('/livez')).toMatchObject({ status: 200 });
  });

  it('is ready when every part is', async () => {
    parts = { postgres: true, redis: true };
    expect(await get('/readyz?verbose')).toMatchObject({ status: 200 });
  });

  it('says which part is missing', async () => {
    parts = { postgres: true, redis: false };
    const { status, text } = await get('/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(text)).toEqual({ status: 'unavailable', parts });
  });

  it('serves metrics in the text format', async () => {
    const { status, text, type } = await get('/metrics');
    expect(status).toBe(200);
    expect(type).toContain('text/plain');
    expect(text).toContain('# TYPE troupe_runs_completed_total counter');
  });

  it('knows nothing else', async () => {
    expect(await get('/admin')).toMatchObject({ status: 404 });
  });

  it('fails when the port is taken', async () => {
    await get('/livez');
    const port = Number(new URL(String(server.url)).port);
    const second = serveOperations({ port, host: '127.0.0.1', ready: {}, metrics: new Metrics() });
    await expect(second).rejects.toThrow(`WORKER_HTTP_PORT=${port + 1}`);
  });
});
