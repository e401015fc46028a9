import type { BreakerVerdict, CircuitBreakers } from '@troupe/spec';
import type { Redis } from 'ioredis';
import { breakerScripts } from '../redis/lua/breaker-scripts.js';
import { ScriptRunner, StoreAwayError } from '../redis/script-runner.js';
import { TRUSTED_FOR_MS } from './breaker-rules.js';
import { MemoryCircuitBreakers } from './memory-circuit-breakers.js';

export interface RedisCircuitBreakersOptions {
  /** Fails at once while Redis is away. */
  redis: Redis;
  /** First part of all keys. */
  prefix?: string;
  /** Milliseconds after which Redis counts as away. */
  timeoutMs?: number;
  /** In place of all clocks, for tests. Milliseconds. */
  clock?: () => number;
}

/** What was heard of a route, and what happened since and is not told yet. */
interface RouteNews {
  heardAt: number;
  /** While it is left alone: until when. */
  keepAwayUntil: number;
  successes: number;
}

interface AccountNews {
  heardAt: number;
  condemnedUntil: Map<string, number>;
}

/**
 * Shared by all processes. A route that works is asked about four times a second and not at each call, and its successes are
 * told along with that; a failure is told at once. While Redis is away each process goes by what it has seen itself.
 */
export class RedisCircuitBreakers implements CircuitBreakers {
  readonly #prefix: string;
  readonly #clock: (() => number) | undefined;
  readonly #runner: ScriptRunner<keyof typeof breakerScripts>;
  readonly #own: MemoryCircuitBreakers;
  readonly #routes = new Map<string, RouteNews>();
  readonly #providers = new Map<string, AccountNews>();
  #retryAt = 0;

  constructor({ redis, prefix = 'troupe:breakers', timeoutMs = 250, clock }: RedisCircuitBreakersOptions) {
    this.#prefix = prefix;
    this.#clock = clock;
    this.#runner = new ScriptRunner(redis, breakerScripts, timeoutMs);
    this.#own = new MemoryCircuitBreakers({ now: () => this.#now() });
  }

  async ask(route: string): Promise<BreakerVerdict> {
    const now = this.#now();
    const news = this.#newsOf(route);
    if (now - news.heardAt < TRUSTED_FOR_MS) {
      if (news.keepAwayUntil === 0) return { allowed: true, probe: false };
      if (now < news.keepAwayUntil) return { allowed: false, retryAfterMs: Math.ceil(news.keepAwayUntil - now) };
    }
    const { successes } = news;
    news.successes = 0;
    const reply = await this.#run('ask', this.#routeKey(route), [successes, 0]);
    if (reply === undefined) {
      news.successes += successes;
      return this.#own.ask(route);
    }
    const [retryAfterMs = 0, probe = 0] = reply as number[];
    news.heardAt = now;
    news.keepAwayUntil = retryAfterMs > 0 ? now + retryAfterMs : 0;
    if (retryAfterMs > 0) return { allowed: false, retryAfterMs };
    // Only this one call may go; the next asks again.
    if (probe === 1) news.heardAt = Number.NEGATIVE_INFINITY;
    return { allowed: true, probe: probe === 1 };
  }

  async tell(route: string, outcome: 'succeeded' | 'failed'): Promise<void> {
    await this.#own.tell(route, outcome);
    const news = this.#newsOf(route);
    const isTrusted = this.#now() - news.heardAt < 4 * TRUSTED_FOR_MS && news.keepAwayUntil === 0;
    if (outcome === 'succeeded' && isTrusted) {
      news.successes += 1;
      return;
    }
    const successes = news.successes + (outcome === 'succeeded' ? 1 : 0);
    news.successes = 0;
    await this.#run('tell', this.#routeKey(route), [successes, outcome === 'failed' ? 1 : 0]);
    news.heardAt = Number.NEGATIVE_INFINITY;
  }

  async condemn(provider: string, account: string, forMs: number): Promise<void> {
    await this.#own.condemn(provider, account, forMs);
    await this.#hear(provider, [account, forMs]);
  }

  async livingAccounts(provider: string, accounts: readonly string[]): Promise<string[]> {
    const now = this.#now();
    const known = this.#providers.get(provider);
    const news = known !== undefined && now - known.heardAt < TRUSTED_FOR_MS ? known : await this.#hear(provider, []);
    const living = await this.#own.livingAccounts(provider, accounts);
    return living.filter((account) => (news?.condemnedUntil.get(account) ?? 0) <= now);
  }

  /** What was heard last, when nothing can be heard now. */
  async #hear(provider: string, args: readonly (string | number)[]): Promise<AccountNews | undefined> {
    const reply = await this.#run('condemned', `${this.#prefix}:accounts:${provider}`, args);
    if (reply === undefined) return this.#providers.get(provider);
    const now = this.#now();
    const condemnedUntil = new Map<string, number>();
    const entries = reply as (string | number)[];
    for (let index = 0; index + 1 < entries.length; index += 2) {
      condemnedUntil.set(String(entries[index]), now + Number(entries[index + 1]));
    }
    const news = { heardAt: now, condemnedUntil };
    this.#providers.set(provider, news);
    return news;
  }

  /** Undefined: Redis is away. */
  async #run(name: keyof typeof breakerScripts, key: string, args: readonly (string | number)[]): Promise<unknown> {
    const now = this.#now();
    if (now < this.#retryAt) return undefined;
    try {
      return await this.#runner.run(name, [key], [this.#clock === undefined ? '' : this.#clock(), ...args]);
    } catch (error) {
      if (!(error instanceof StoreAwayError)) throw error;
      this.#retryAt = this.#now() + TRUSTED_FOR_MS;
      return undefined;
    }
  }

  #newsOf(route: string): RouteNews {
    let news = this.#routes.get(route);
    if (news === undefined) {
      news = { heardAt: Number.NEGATIVE_INFINITY, keepAwayUntil: 0, successes: 0 };
      this.#routes.set(route, news);
    }
    return news;
  }

  #routeKey(route: string): string {
    return `${this.#prefix}:route:${route}`;
  }

  #now(): number {
    return this.#clock === undefined ? performance.timeOrigin + performance.now() : this.#clock();
  }
}
