import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallLimiter, CallLimits, LimitScope } from '@troupe/spec';
import type { MeteredLimiter } from '../metered-limiter.js';
import { MemoryBackend, type RateLimiterBackend } from './backend.js';

/** At least one limit; they hold for each key apart. */
export interface RateLimiterOptions extends CallLimits {
  /** This process's memory when absent. */
  backend?: RateLimiterBackend;
}

/** How long, and with whom in line, a call waits for its turn. */
export interface AcquireOptions {
  /** Gives up waiting. */
  signal?: AbortSignal;
  /** Keys that wait together take turns by tenant. */
  tenant?: string;
  priority?: 'interactive' | 'background';
}

/** A call that may be made now. */
export interface RateLimitGrant {
  /** What the call really took replaces the estimate. */
  settle(actualTokens: number): Promise<void>;
}

/** Limits calls by key, usually `provider:model`. */
export class RateLimiter {
  /** What it was made with. */
  readonly limits: CallLimits;
  readonly #limiter: MeteredLimiter;

  constructor({ backend = new MemoryBackend(), ...limits }: RateLimiterOptions) {
    this.limits = limits;
    this.#limiter = backend.createLimiter(() => limits);
  }

  /** The same counts for who asks without waiting. The scope of a key: `scopeOfKey`. */
  get calls(): CallLimiter {
    return this.#limiter;
  }

  /** Milliseconds until such a call may be made; 0: now. Changes nothing. */
  async check(key: string, estimatedTokens = 0): Promise<number> {
    return this.#limiter.check(scopeOfKey(key), callOf(randomUUID(), estimatedTokens, {}));
  }

  /** Counts a call that was made after a check. */
  async record(key: string, actualTokens = 0): Promise<void> {
    await this.#limiter.record(scopeOfKey(key), { input: actualTokens, output: 0 });
  }

  /**
   * Waits until the call may be made, and counts it.
   * @throws TroupeError `limit_exceeded` when it is larger than the limit; the signal's reason when that gave up.
   */
  async acquire(key: string, estimatedTokens = 0, options: AcquireOptions = {}): Promise<RateLimitGrant> {
    const scope = scopeOfKey(key);
    const call = callOf(randomUUID(), estimatedTokens, options);
    const { signal } = options;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const admission = await this.#limiter.acquire(scope, call);
        if (admission.admitted) break;
        await sleep(admission.waitMs, undefined, { signal });
      }
    } catch (error) {
      await this.#limiter.leave(scope, call.id);
      throw signal?.aborted ? signal.reason : error;
    }
    return { settle: (actualTokens) => this.#limiter.settle(scope, call.id, { input: actualTokens, output: 0 }) };
  }
}

function callOf(id: string, tokens: number, { tenant = '', priority = 'interactive' }: AcquireOptions) {
  return { id, tokens: { input: tokens, output: 0 }, tenant, priority };
}

/** `provider:model` as the scope that is counted under it. */
export function scopeOfKey(key: string): LimitScope {
  const [provider = key, ...model] = key.split(':');
  return { provider, account: 'default', model: model.join(':') };
}
