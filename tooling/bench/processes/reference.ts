import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeProcess } from '../../processes/node-process.js';
import { createReferenceDatabase } from '../reference/reference-store.js';

/** The measured server has the first. */
const REDIS_DATABASE = '/1';

export interface ReferenceOptions {
  core: number | undefined;
  /** Those of the measured server: the reference makes a database of its own in the same PostgreSQL. */
  databaseUrl: string;
  redisUrl: string;
  simulatorUrl: string;
  /** Where the log goes. */
  folder: string;
}

/** The bare minimum of a server with a queue and workers, as a yardstick: a gateway and a worker, each a process. */
export class Reference {
  readonly processes: readonly NodeProcess[];
  readonly url: string;

  private constructor(processes: readonly NodeProcess[], url: string) {
    this.processes = processes;
    this.url = url;
  }

  static async start({ core, databaseUrl, redisUrl, simulatorUrl, folder }: ReferenceOptions): Promise<Reference> {
    const redis = new URL(redisUrl);
    redis.pathname = REDIS_DATABASE;
    const env = {
      DATABASE_URL: await createReferenceDatabase(databaseUrl),
      REDIS_URL: redis.href,
      PROVIDER_URL: simulatorUrl,
    };
    const log = join(folder, 'reference.log');
    const launch = (name: string, main: URL) => NodeProcess.launch({ name, main: fileURLToPath(main), env, core, log });
    const gateway = launch('gateway', new URL('../reference/gateway-process.mjs', import.meta.url));
    const worker = launch('worker', new URL('../reference/worker-process.mjs', import.meta.url));
    try {
      const [url] = await Promise.all([gateway.ready(), worker.ready()]);
      if (url === undefined) throw new Error("the reference's gateway is ready and has no address");
      return new Reference([gateway, worker], url);
    } catch (error) {
      await Promise.all([gateway.stop(), worker.stop()]);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()));
  }
}
