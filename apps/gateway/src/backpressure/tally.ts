/** A count of runs, in all and by tenant. */
export class Tally {
  #all = 0;
  readonly #byTenant = new Map<string, number>();

  constructor(counts: Iterable<readonly [tenantId: string, count: number]> = []) {
    for (const [tenantId, count] of counts) this.add(tenantId, count);
  }

  get all(): number {
    return this.#all;
  }

  of(tenantId: string): number {
    return this.#byTenant.get(tenantId) ?? 0;
  }

  add(tenantId: string, count: number): void {
    this.#all += count;
    const sum = this.of(tenantId) + count;
    if (sum === 0) this.#byTenant.delete(tenantId);
    else this.#byTenant.set(tenantId, sum);
  }
}
