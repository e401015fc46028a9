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
  /** Over the settings that point every provider at the simulator. */
  env?: Readonly<Record<string, string>>;
}

/** The built product as processes, with a simulator for its models and a Postgres and a Redis of its own. */
export interface TestServer {
  url: string;
  key: string;
  /** Retries nothing: what the server answers is what a test sees. */
  client: TroupeClient;
  simulator: LlmSimulator;
  services: EmbeddedServices;
  process: ServerProcess;
  /** A request as it is, with the first key unless another is given. */
  send(method: string, path: string, call?: Call): Promise<Response>;
  /** @throws Error when the server does not end by itself with code 0, or leaves a process noted. */
  stop(): Promise<void>;
}

export async function startTestServer({ args = [], env = {} }: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'troupe-e2e-'));
  const [services, simulator] = await Promise.all([startTemporaryServices(), startLlmSimulator()]);
  const release = async () => {
    await Promise.all([services.stop(), simulator.close()]);
    rmSync(dataDir, { recursive: true, force: true });
  };
  const settings = {
    ...providerSettings(simulator),
    DATABASE_URL: services.databaseUrl ?? '',
    REDIS_URL: services.redisUrl ?? '',
    ...env,
  };
  const server = await startServerProcess({ dataDir, args, env: settings }).catch(async (error: Error) => {
    await release();
    throw error;
  });
  const { url, key } = server;
  return {
    url,
    key,
    client: new TroupeClient({ baseUrl: url, apiKey: key, maxRetries: 0 }),
    simulator,
    services,
    process: server,
    send: (method, path, call) => sendTo(url, method, path, { key, ...call }),
    stop: async () => {
      const { code, signal } = await server.stop();
      const left = Object.keys(server.pids());
      await release();
      if (code === 0 && left.length === 0) return;
      const end = signal ?? `code ${code}`;
      throw new Error(
        `The server ended with ${end}, still noting ${left.join(', ') || 'nothing'}.\n${server.output.join('\n')}`,
      );
    },
  };
}
