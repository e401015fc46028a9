import type { Random } from '../random.js';
import type { LoadTenant } from '../stack/tenants.js';
import { CaseClient } from './case-client.js';
import { drawCase } from './case-request.js';
import type { History } from './history.js';

export interface LoadOptions {
  urls: readonly string[];
  tenants: readonly LoadTenant[];
  history: History;
  random: Random;
  /** Cases under way at once. */
  clients: number;
  /** Begins every case's name, so that no two rounds use one twice. */
  prefix: string;
}

/** Cases that one client does on one thread at most. */
const MAX_CASES_PER_THREAD = 4;

/** Clients that send one case after the other until they are told to stop. */
export class Load {
  readonly #options: LoadOptions;
  #stopping = false;
  #open = 0;
  #done = 0;
  #clients: Promise<void>[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  get open(): number {
    return this.#open;
  }

  get done(): number {
    return this.#done;
  }

  start(): void {
    this.#clients = Array.from({ length: this.#options.clients }, (_, index) => this.#work(index));
  }

  /** Resolves when every case that was begun is over for its client. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#clients);
  }

  async #work(index: number): Promise<void> {
    const { prefix, tenants } = this.#options;
    const random = this.#options.random.fork(`client ${index}`);
    const client = new CaseClient({ ...this.#options, random });
    let thread: { tenant: LoadTenant; id: string; cases: number } | undefined;
    for (let number = 0; !this.#stopping; number += 1) {
      const tenant = thread?.tenant ?? random.pick(tenants);
      const request = drawCase(`${prefix}-${index}-${number}`, random);
      this.#open += 1;
      const id = await client.play(request, tenant, thread?.id);
      this.#open -= 1;
      this.#done += 1;
      const cases = (thread?.cases ?? 0) + 1;
      thread = id === undefined || cases >= MAX_CASES_PER_THREAD ? undefined : { tenant, id, cases };
    }
  }
}
