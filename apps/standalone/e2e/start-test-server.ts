import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TroupeClient } from '@troupe/client';
import { type EmbeddedServices, startTemporaryServices } from '@troupe/embedded-services';
import { type LlmSimulator, type ServerProcess, startLlmSimulator, startServerProcess } from '@troupe/testing';
import { providerSettings } from './provider-settings.js';
import { type Call, sendTo } from './send-to.js';

export interface TestServerOptions {
  /** What follows `npm start --`. */
  args?: readonly string[];
  /** False: no provider is configured, as on a machine that never saw the project. Default: all four, at the simulator. */
  providers?: boolean;
  /** Beyond that; may change where Postgres and Redis are. */
  env?: Settings | ((services: EmbeddedServices) => Promise<Settings>);
}

type Settings = Readonly<Record<string, string>>;

/** The built product as processes, with a simulator for its models and a Postgres and a Redis of its own. */
export interface TestServer {
  /** The last start. */
  readonly process: ServerProcess;
  readonly url: string;
  readonly key: string;
  /** Retries nothing: what the server answers is what a test sees. */
  readonly client: TroupeClient;
  readonly simulator: LlmSimulator;
  readonly services: EmbeddedServices;
  /** A request as it is, with the first key unless another is given. */
  send(method: string, path: string, call?: Call): Promise<Response>;
  /** Stops the server and starts it on what it stored. */
  restart(): Promise<void>;
  /** @throws Error when the server does not end by itself with code 0, or leaves a process noted. */
  stop(): Promise<void>;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { args = [], providers = true, env = {} } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'troupe-e2e-'));
  const [services, simulator] = await Promise.all([startTemporaryServices(), startLlmSimulator()]);
  const release = async () => {
    await Promise.all([services.stop(), simulator.close()]);
    rmSync(dataDir, { recursive: true, force: true });
  };
  const settings = {
    ...(providers ? providerSettings(simulator) : {}),
    DATABASE_URL: services.databaseUrl ?? '',
    REDIS_URL: services.redisUrl ?? '',
    ...(typeof env === 'function' ? await env(services) : env),
  };
  const start = () => startServerProcess({ dataDir, args, env: settings });
  let server = await start().catch(async (error: Error) => {
    await release();
    throw error;
  });
  return {
    get process() {
      return server;
    },
    get url() {
      return server.url;
    },
    get key() {
      return server.key;
    },
    get client() {
      return new TroupeClient({ baseUrl: server.url, apiKey: server.key, maxRetries: 0 });
    },
    simulator,
    services,
    send: (method, path, call) => sendTo(server.url, method, path, { key: server.key, ...call }),
    restart: async () => {
      await stopCleanly(server);
      server = await start();
    },
    stop: () => stopCleanly(server).finally(release),
  };
}

async function stopCleanly(server: ServerProcess): Promise<void> {
  const { code, signal } = await server.stop();
  const left = Object.keys(server.pids());
  if (code === 0 && left.length === 0) return;
  const end = `The server ended with ${signal ?? `code ${code}`}, still noting ${left.join(', ') || 'nothing'}.`;
  throw new Error(`${end}\n${server.output.join('\n')}`);
}
