import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeProcess } from '../../processes/node-process.js';
import type { Cores } from './cores.js';

export interface ServerOptions {
  root: string;
  /** One process with everything in it instead of one an app. */
  standalone: boolean;
  cores: Cores | undefined;
  databaseUrl: string;
  redisUrl: string;
  simulatorUrl: string;
  apiKey: string;
  /** Where logs and profiles go. */
  folder: string;
  /** Names of processes that can profile themselves, or `all`; with any, the others run on the core of the load. */
  profiled: readonly string[];
  /** More arguments for Node, for every process. */
  nodeArgs: readonly string[];
}

const SPLIT_APPS = ['gateway', 'llm-worker', 'tool-worker', 'memory-extractor', 'summary-worker'];

/** The server that is measured: every app as its own process, as in production, or all in one. */
export class Server {
  readonly processes: readonly NodeProcess[];
  readonly url: string;
  readonly log: string;

  private constructor(processes: readonly NodeProcess[], url: string, log: string) {
    this.processes = processes;
    this.url = url;
    this.log = log;
  }

  static async start(options: ServerOptions): Promise<Server> {
    const { root, standalone, cores, folder, profiled, nodeArgs } = options;
    const log = join(folder, 'server.log');
    const hook = fileURLToPath(new URL('../profile/profile-hook.mjs', import.meta.url));
    const launch = (app: string) => {
      const isProfiled = profiled.includes(app) || profiled.includes('all');
      return NodeProcess.launch({
        name: app,
        main: join(root, 'apps', app, 'dist/main.js'),
        nodeArgs: isProfiled ? [...nodeArgs, '--import', hook] : nodeArgs,
        env: environmentOf(options),
        core: isProfiled || profiled.length === 0 ? cores?.server : cores?.load,
        log,
      });
    };
    const processes: NodeProcess[] = [];
    try {
      // The gateway first and alone: it brings the schema, the first key and the agents.
      const [first = '', ...others] = standalone ? ['standalone'] : SPLIT_APPS;
      processes.push(launch(first));
      const url = await processes[0]?.ready();
      if (url === undefined) throw new Error(`${first} is ready and has no address`);
      processes.push(...others.map(launch));
      await Promise.all(processes.slice(1).map((process) => process.ready()));
      return new Server(processes, url, log);
    } catch (error) {
      await Promise.all(processes.map((process) => process.stop()));
      throw error;
    }
  }

  /** Lines that it logged: nothing, when all is well. */
  loggedLines(): string[] {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').split('\n').filter(Boolean) : [];
  }

  /** What takes requests goes before what works on them. */
  async stop(): Promise<void> {
    const [first, ...others] = this.processes;
    await first?.stop();
    await Promise.all(others.map((process) => process.stop()));
  }
}

function environmentOf({ databaseUrl, redisUrl, simulatorUrl, apiKey, folder }: ServerOptions): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    TROUPE_API_KEY: apiKey,
    TROUPE_DATA_DIR: join(folder, 'server'),
    OPENAI_API_KEY: 'simulated',
    OPENAI_BASE_URL: `${simulatorUrl}/v1`,
    DEFAULT_MODEL: 'openai/sim-tokens-100',
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
  };
}
