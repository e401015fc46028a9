import { setTimeout as sleep } from 'node:timers/promises';
import { BUSY_TENANTS, type LimitPart } from './limit-parts.js';
import type { LimitsStand } from './limits-stand.js';
import { type LoadTenant, makeTenant, startRun } from './load-tenants.js';

const LOOK_EVERY_MS = 500;
/** Requests at once, so that the beginning is no test of the gateway. */
const AT_ONCE = 8;

/** Tenants of which each always has more runs than it gets done. */
export class SaturatingLoad {
  readonly tenants: readonly LoadTenant[];
  readonly #stand: LimitsStand;
  readonly #part: LimitPart;
  readonly #stop = new AbortController();
  #started = 0;
  #going: Promise<void> | undefined;

  private constructor(stand: LimitsStand, part: LimitPart, tenants: readonly LoadTenant[]) {
    this.#stand = stand;
    this.#part = part;
    this.tenants = tenants;
  }

  static async prepare(stand: LimitsStand, part: LimitPart): Promise<SaturatingLoad> {
    const tenants: LoadTenant[] = [];
    for (const index of BUSY_TENANTS.keys()) tenants.push(await makeTenant(stand, `busy-${index + 1}`));
    return new SaturatingLoad(stand, part, tenants);
  }

  start(): void {
    this.#going = this.#keepUp();
    // A load that ends is noticed where it is stopped.
    this.#going.catch(() => undefined);
  }

  /** @throws Error when a request failed meanwhile */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#going;
  }

  async #keepUp(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const missing = await this.#missing();
      while (missing.length > 0 && !signal.aborted)
        await Promise.all(missing.splice(0, AT_ONCE).map((one) => this.#send(one)));
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The tenants in turn, each as often as runs are missing. */
  async #missing(): Promise<LoadTenant[]> {
    const { rows } = await this.#stand.sql.query<{ tenant_id: string; count: number }>(
      'SELECT tenant_id, count(*)::int AS count FROM runs WHERE finished_at IS NULL GROUP BY tenant_id',
    );
    const unfinished = new Map(rows.map(({ tenant_id, count }) => [tenant_id, count]));
    const wanted = this.tenants.map(({ id }, index) => (BUSY_TENANTS[index] ?? 0) - (unfinished.get(id) ?? 0));
    const rounds = Array.from({ length: Math.max(0, ...wanted) }, (_, round) => round);
    return rounds.flatMap((round) => this.tenants.filter((_, index) => (wanted[index] ?? 0) > round));
  }

  #send(tenant: LoadTenant): Promise<void> {
    const { answerTokens } = this.#part;
    const tokens = answerTokens[this.#started % answerTokens.length] ?? 1;
    this.#started += 1;
    return startRun(this.#stand.server.url, { tenant, tokens, background: true });
  }
}
