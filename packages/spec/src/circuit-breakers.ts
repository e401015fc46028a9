/** Whether a route may be tried. `probe`: it had failed; this one call finds out whether it works again. */
export type BreakerVerdict = { allowed: true; probe: boolean } | { allowed: false; retryAfterMs: number };

/**
 * Remembers, for all processes together, which routes (a model at a provider) fail and which keys are dead. A route that fails
 * too often is left alone for a while; then one call at a time may try it.
 */
export interface CircuitBreakers {
  /** Never throws: while the store is away this process's own memory decides. */
  ask(route: string): Promise<BreakerVerdict>;

  /** Only failures of the provider count (5xx, overload, timeouts, connections), not those of a request or a key. */
  tell(route: string, outcome: 'succeeded' | 'failed'): Promise<void>;

  /** A key that was refused, or whose quota is used up, is not tried until then. Milliseconds. */
  condemn(provider: string, account: string, forMs: number): Promise<void>;

  /** The accounts of a provider that may be tried, in the order given. */
  livingAccounts(provider: string, accounts: readonly string[]): Promise<string[]>;
}
