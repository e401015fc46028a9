import type {
  Admission,
  CallLimits,
  CallTokens,
  LimitedCall,
  LimitFeedback,
  LimitScope,
  LimitState,
} from '@troupe/spec';
import type { MeteredLimiter } from '../metered-limiter.js';
import { isLimited, refuseTooLarge, wholeTokens } from '../rules/rate-dimensions.js';
import { scopeName } from '../rules/scope-name.js';
import { REAL_WINDOWS, type WindowLengths } from '../rules/timing.js';
import { MemoryScope } from './memory-scope.js';

export type LimitsOf = (scope: LimitScope) => CallLimits | undefined;

export interface MemoryCallLimiterOptions {
  /** Undefined or empty: not limited. Asked at each call, so limits may change while calls are under way. */
  limitsOf: LimitsOf;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Other lengths are for tests. */
  windows?: WindowLengths;
}

/** Scopes of the past that are kept before the first look for those that can go. */
const SCOPES_BEFORE_TIDYING = 256;

/** Limits the calls of this process alone. */
export class MemoryCallLimiter implements MeteredLimiter {
  readonly #limitsOf: LimitsOf;
  readonly #now: () => number;
  readonly #windows: WindowLengths;
  readonly #scopes = new Map<string, { scope: LimitScope; state: MemoryScope }>();
  #tidyAbove = SCOPES_BEFORE_TIDYING;

  constructor({ limitsOf, now = Date.now, windows = REAL_WINDOWS }: MemoryCallLimiterOptions) {
    this.#limitsOf = limitsOf;
    this.#now = now;
    this.#windows = windows;
  }

  async acquire(scope: LimitScope, call: LimitedCall): Promise<Admission> {
    const limits = this.#limits(scope);
    const known = this.#known(scope);
    if (!isLimited(limits) && !known?.isPaused(this.#now())) return { admitted: true };
    const tokens = wholeTokens(call.tokens);
    refuseTooLarge(scope, limits, tokens);
    return this.#stateOf(scope).acquire(limits, { ...call, tokens }, this.#now());
  }

  async renew(scope: LimitScope, ids: readonly string[]): Promise<void> {
    this.#known(scope)?.renew(this.#limits(scope), ids, this.#now());
  }

  async settle(scope: LimitScope, id: string, tokens: CallTokens): Promise<void> {
    this.#known(scope)?.settle(this.#limits(scope), id, wholeTokens(tokens), this.#now());
  }

  async leave(scope: LimitScope, id: string): Promise<void> {
    this.#known(scope)?.leave(this.#limits(scope), id, this.#now());
  }

  async tighten(scope: LimitScope, feedback: LimitFeedback): Promise<void> {
    const limits = this.#limits(scope);
    const pauses = (feedback.pauseMs ?? 0) > 0;
    const state = isLimited(limits) || pauses ? this.#stateOf(scope) : this.#known(scope);
    state?.tighten(limits, feedback, this.#now());
  }

  async forgive(scope: LimitScope): Promise<void> {
    this.#known(scope)?.forgive();
  }

  async state(scope: LimitScope): Promise<LimitState> {
    const limits = this.#limits(scope);
    const now = this.#now();
    const { pausedForMs, ...state } = this.#stateOf(scope).state(limits, now);
    return { scope, limits, ...state, pausedUntil: pausedForMs > 0 ? new Date(now + pausedForMs).toISOString() : null };
  }

  async check(scope: LimitScope, call: LimitedCall): Promise<number> {
    const limits = this.#limits(scope);
    if (!isLimited(limits) && !this.#known(scope)?.isPaused(this.#now())) return 0;
    const tokens = wholeTokens(call.tokens);
    refuseTooLarge(scope, limits, tokens);
    return this.#stateOf(scope).check(limits, { ...call, tokens }, this.#now());
  }

  async record(scope: LimitScope, tokens: CallTokens): Promise<void> {
    const limits = this.#limits(scope);
    if (isLimited(limits)) this.#stateOf(scope).record(limits, wholeTokens(tokens), this.#now());
  }

  /** Begins as if the window had been used up: for when others used it and nobody knows how much. */
  fullyUse(scope: LimitScope): void {
    this.#stateOf(scope).fullyUse(this.#limits(scope), this.#now());
  }

  #limits(scope: LimitScope): CallLimits {
    return this.#limitsOf(scope) ?? {};
  }

  #known(scope: LimitScope): MemoryScope | undefined {
    return this.#scopes.get(scopeName(scope))?.state;
  }

  #stateOf(scope: LimitScope): MemoryScope {
    const name = scopeName(scope);
    const known = this.#scopes.get(name);
    if (known !== undefined) return known.state;
    if (this.#scopes.size >= this.#tidyAbove) this.#tidy();
    const state = new MemoryScope(this.#windows);
    this.#scopes.set(name, { scope, state });
    return state;
  }

  #tidy(): void {
    for (const [name, { scope, state }] of this.#scopes) {
      if (state.isIdle(this.#limits(scope), this.#now())) this.#scopes.delete(name);
    }
    this.#tidyAbove = Math.max(SCOPES_BEFORE_TIDYING, this.#scopes.size * 2);
  }
}
