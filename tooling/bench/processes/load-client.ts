import { fileURLToPath } from 'node:url';
import { NodeProcess } from '../../processes/node-process.js';
import type { LoadJob, LoadResult } from '../load/load-job.js';

export type ClientResult = LoadResult & { clientCpuMs: number };

/** The load client's process. */
export class LoadClient {
  readonly #process: NodeProcess;

  private constructor(process: NodeProcess) {
    this.#process = process;
  }

  static async start(options: { core: number | undefined; log: string }): Promise<LoadClient> {
    const main = fileURLToPath(new URL('../load/load-process.mjs', import.meta.url));
    const process = NodeProcess.launch({ name: 'load client', main, ...options });
    await process.ready();
    return new LoadClient(process);
  }

  async run(job: LoadJob): Promise<ClientResult> {
    const answer = this.#process.message<{ type: 'result'; result: ClientResult }>('result');
    this.#process.send(job);
    return (await answer).result;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}
