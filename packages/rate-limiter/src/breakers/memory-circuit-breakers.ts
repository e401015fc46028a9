import type { BreakerVerdict, CircuitBreakers } from '@troupe/spec';
import { MemoryBreaker } from './memory-breaker.js';

export interface MemoryCircuitBreakersOptions {
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** Remembers what this process alone has seen. */
export class MemoryCircuitBreakers implements CircuitBreakers {
  readonly #now: () => number;
  readonly #breakers = new Map<string, MemoryBreaker>();
  readonly #condemned = new Map<string, Map<string, number>>();

  constructor({ now = Date.now }: MemoryCircuitBreakersOptions = {}) {
    this.#now = now;
  }

  async ask(route: string): Promise<BreakerVerdict> {
    return this.#breakers.get(route)?.ask(this.#now()) ?? { allowed: true, probe: false };
  }

  async tell(route: string, outcome: 'succeeded' | 'failed'): Promise<void> {
    let breaker = this.#breakers.get(route);
    if (breaker === undefined) {
      breaker = new MemoryBreaker();
      this.#breakers.set(route, breaker);
    }
    breaker.tell(outcome === 'succeeded' ? 1 : 0, outcome === 'failed' ? 1 : 0, this.#now());
  }

  async condemn(provider: string, account: string, forMs: number): Promise<void> {
    const accounts = this.#condemned.get(provider) ?? new Map<string, number>();
    this.#condemned.set(provider, accounts);
    accounts.set(account, Math.max(accounts.get(account) ?? 0, this.#now() + forMs));
  }

  async livingAccounts(provider: string, accounts: readonly string[]): Promise<string[]> {
    const condemned = this.#condemned.get(provider);
    const now = this.#now();
    return accounts.filter((account) => (condemned?.get(account) ?? 0) <= now);
  }
}
