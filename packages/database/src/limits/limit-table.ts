import type { ModelId, SourcedLimitRule } from '@troupe/contracts';
import type { CallLimits, LimitScope } from '@troupe/spec';
import type { Queryable } from '../database.js';
import { LimitRules } from './limit-rules.js';
import { listLimits } from './stored-limits.js';

export interface LimitTableOptions {
  database: Queryable;
  /** The limits of the file and of the environment, which hold from the start. */
  configured: readonly SourcedLimitRule[];
  /** Told when those that were set by API could not be read; what was known of them stays. */
  onError(error: unknown): void;
}

/** How soon every process knows of a change, in milliseconds. */
export const LIMIT_REFRESH_MS = 5_000;

/** The limits of the installation as a process knows them: read once at the start, and again every few seconds. */
export class LimitTable {
  readonly #options: LimitTableOptions;
  #rules: LimitRules;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #lastAsked = 0;
  #lastTaken = 0;

  constructor(options: LimitTableOptions) {
    this.#options = options;
    this.#rules = new LimitRules(options.configured);
  }

  /** The limits of the file and of the environment. */
  get configured(): readonly SourcedLimitRule[] {
    return this.#options.configured;
  }

  /** As of the last refresh. */
  get rules(): LimitRules {
    return this.#rules;
  }

  /** As `LimitRules.scopeOf`. */
  scopeOf(modelId: ModelId, account: string): LimitScope | undefined {
    return this.#rules.scopeOf(modelId, account);
  }

  /** As `LimitRules.limitsOf`. */
  limitsOf(scope: LimitScope): CallLimits | undefined {
    return this.#rules.limitsOf(scope);
  }

  /** Resolves after the first look, so that no call is made under older limits; a database that is away is no error. */
  async start(): Promise<void> {
    await this.refresh();
    this.#planNextLook();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks now; never throws. */
  async refresh(): Promise<void> {
    const { database, configured, onError } = this.#options;
    this.#lastAsked += 1;
    const asked = this.#lastAsked;
    try {
      const stored = await listLimits(database);
      // Of two looks at once the one that began later may have ended first.
      if (asked < this.#lastTaken) return;
      this.#lastTaken = asked;
      this.#rules = new LimitRules([...configured, ...stored.map((rule) => ({ ...rule, source: 'api' as const }))]);
    } catch (error) {
      onError(error);
    }
  }

  #planNextLook(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.refresh().then(() => this.#planNextLook()), LIMIT_REFRESH_MS);
    // A process that has nothing else to do may end.
    this.#timer.unref();
  }
}
