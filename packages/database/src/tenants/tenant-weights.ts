import type { Queryable } from '../database.js';

const READ_WEIGHTS = {
  name: 'read-tenant-weights',
  text: 'SELECT id, weight FROM tenants WHERE weight <> 1',
};

/** How old what is known may be. Milliseconds. */
const FRESH_MS = 10_000;

/** Shares of tenants in limits, as of a few seconds ago: asked for at every call, and changed by hand now and then. */
export class TenantWeights {
  readonly #database: Queryable;
  #weights: ReadonlyMap<string, number> = new Map();
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** 1 for most. Never waits: a change counts from one of the next calls on. */
  of(tenantId: string): number {
    if (performance.now() - this.#askedAt > FRESH_MS) {
      this.#askedAt = performance.now();
      void this.#refresh();
    }
    return this.#weights.get(tenantId) ?? 1;
  }

  async #refresh(): Promise<void> {
    try {
      const rows = await this.#database.query<{ id: string; weight: number }>(READ_WEIGHTS, []);
      this.#weights = new Map(rows.map(({ id, weight }) => [id, weight]));
    } catch {
      // What was known holds while Postgres is away.
    }
  }
}
