import type { Admission, CallLimits, CallTokens, LimitDimension, LimitedCall, LimitFeedback } from '@troupe/spec';
import { costsOf, DAY, RATE_DIMENSIONS, type RateLimits, rateLimitsOf } from '../rules/rate-dimensions.js';
import {
  BACKGROUND_WEIGHT,
  EXACT_WAIT_MS,
  LEARNING_RATE,
  LEASE_MS,
  LEAST_TURN_MS,
  LEAST_WAIT_MS,
  LONGEST_TURN_MS,
  PAUSE_SPACING_MS,
  SMALLEST_BURST,
  SWEEP_AT_ONCE,
  TOLERANCE,
  type WindowLengths,
} from '../rules/timing.js';
import { ProviderPause } from './provider-pause.js';
import { RateWindow } from './rate-window.js';
import { SortedSet } from './sorted-set.js';
import { type Applicant, type Waiter, WaitingLine } from './waiting-line.js';

interface Reservation extends CallTokens {
  at: number;
}

export type ScopeState = { available: Partial<Record<LimitDimension, number>>; underWay: number; waiting: number } & {
  pausedForMs: number;
};

/**
 * Everything known of one scope, and the decisions on it. The scripts of `redis/lua` do the same, step by step and under the
 * same names; a test runs random schedules through both and compares the answers.
 */
export class MemoryScope {
  readonly #lengths: WindowLengths;
  readonly #windows: (RateWindow | undefined)[] = [];
  readonly #calls = new Map<string, Reservation>();
  readonly #leases = new SortedSet();
  readonly #line = new WaitingLine();
  readonly #pause = new ProviderPause();
  /** What calls really take, as a share of what they were thought to take; and how long they last. */
  readonly #learned = { input: 1, output: 1, durationMs: LONGEST_TURN_MS };
  #time = 0;
  #skew = 0;

  constructor(lengths: WindowLengths) {
    this.#lengths = lengths;
  }

  acquire(limits: CallLimits, call: LimitedCall, clock: number): Admission {
    const now = this.#begin(limits, clock);
    if (this.#calls.has(call.id)) {
      this.#leases.add(call.id, now + LEASE_MS);
      return { admitted: true };
    }
    this.#line.sweep(now);
    const applicant = this.#applicantOf(limits, call);
    const waiter = this.#line.find(call.id, applicant, now);
    const tag = waiter?.tag ?? this.#line.tagOf(applicant);
    const ahead = this.#line.ahead(tag);
    const binding = this.#bindingDimension(limits, call.tokens, now, tag, ahead);
    if (binding === undefined) {
      this.#admit(limits, call, applicant, waiter, tag, now);
      return { admitted: true };
    }
    const waitMs = this.#waitFor(limits, call.tokens, binding, now, ahead);
    if (waiter === undefined) this.#line.enter(call.id, applicant, tag, now + waitMs);
    else this.#line.comeBackAt(call.id, waiter, now + waitMs);
    return { admitted: false, waitMs, dimension: binding, position: ahead + 1 };
  }

  /** Milliseconds until such a call would be admitted; nothing changes. */
  check(limits: CallLimits, call: LimitedCall, clock: number): number {
    const now = this.#begin(limits, clock);
    const tag = this.#line.tagOf(this.#applicantOf(limits, call));
    const ahead = this.#line.ahead(tag);
    const binding = this.#bindingDimension(limits, call.tokens, now, tag, ahead);
    return binding === undefined ? 0 : this.#waitFor(limits, call.tokens, binding, now, ahead);
  }

  /** Counts a call that was made without asking. */
  record(limits: CallLimits, tokens: CallTokens, clock: number): void {
    this.#begin(limits, clock);
    for (const { window, cost } of this.#costs(limits, tokens)) window.take(cost);
  }

  renew(limits: CallLimits, ids: readonly string[], clock: number): void {
    const now = this.#begin(limits, clock);
    for (const id of ids) if (this.#calls.has(id)) this.#leases.add(id, now + LEASE_MS);
  }

  settle(limits: CallLimits, id: string, tokens: CallTokens, clock: number): void {
    const now = this.#begin(limits, clock);
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#release(id);
    this.#amend(limits, call, costsOf(tokens));
    this.#learn('input', call.input, tokens.input);
    this.#learn('output', call.output, tokens.output);
    this.#learned.durationMs += LEARNING_RATE * (now - call.at - this.#learned.durationMs);
  }

  leave(limits: CallLimits, id: string, clock: number): void {
    this.#begin(limits, clock);
    const call = this.#calls.get(id);
    if (call !== undefined) {
      this.#release(id);
      this.#amend(limits, call, [0, 0, 0, 0, 0]);
    }
    this.#line.leave(id);
  }

  tighten(limits: CallLimits, { pauseMs, remaining, succeeded }: LimitFeedback, clock: number): void {
    const now = this.#begin(limits, clock);
    if (pauseMs !== undefined && pauseMs > 0) this.#pause.begin(now + pauseMs, now);
    else if (succeeded) this.#pause.proveOver();
    const { requests, tokens, inputTokens, outputTokens } = remaining ?? {};
    for (const [index, level] of [requests, tokens, inputTokens, outputTokens].entries()) {
      if (level !== undefined) this.#windows[index]?.lower(level);
    }
  }

  isPaused(clock: number): boolean {
    return this.#pause.until > clock + this.#skew;
  }

  forgive(): void {
    this.#pause.end();
  }

  /** As if every window had been used up; for when what was used is not known. */
  fullyUse(limits: CallLimits, clock: number): void {
    this.#begin(limits, clock);
    for (const { window, limit } of this.#limited(limits)) window.fullyUse(limit);
  }

  state(limits: CallLimits, clock: number): ScopeState {
    const now = this.#begin(limits, clock);
    const available: ScopeState['available'] = {};
    for (const { window, limit, dimension } of this.#limited(limits)) {
      available[dimension] = Math.max(0, Math.floor(window.left(limit)));
    }
    if (limits.maxConcurrency !== undefined) {
      available.concurrency = Math.max(0, this.#freePlaces(limits, now));
    }
    const pausedForMs = Math.max(0, this.#pause.until - now);
    return { available, underWay: this.#leases.countAbove(now), waiting: this.#line.length, pausedForMs };
  }

  /** Nothing is under way, nobody waits, and nothing that was used still counts. */
  isIdle(limits: CallLimits, clock: number): boolean {
    const now = this.#begin(limits, clock);
    if (this.#calls.size > 0 || !this.#line.isEmpty || this.#pause.until > now) return false;
    return this.#limited(limits).every(({ window }) => window.sum === 0);
  }

  /** The time never goes back: when the clock does, it goes on from where it was. */
  #begin(limits: CallLimits, clock: number): number {
    if (clock + this.#skew < this.#time) this.#skew = this.#time - clock;
    const now = clock + this.#skew;
    this.#time = now;
    for (const id of this.#leases.between(-Infinity, now, SWEEP_AT_ONCE)) this.#release(id);
    for (const [index, limit] of rateLimitsOf(limits).entries()) {
      if (limit === undefined) continue;
      this.#windows[index] ??= this.#newWindow(index, limit, now);
      this.#windows[index].advance(limit, now);
    }
    return now;
  }

  #newWindow(index: number, limit: number, now: number): RateWindow {
    const { minuteMs, dayMs } = this.#lengths;
    const smallestBurst = index === 0 ? SMALLEST_BURST : 0;
    return new RateWindow(
      { windowMs: index === DAY ? dayMs : minuteMs, smooth: index !== DAY, smallestBurst },
      limit,
      now,
    );
  }

  #applicantOf(limits: CallLimits, { tenant, priority, weight = 1, tokens }: LimitedCall): Applicant {
    const background = priority === 'background';
    const lane = `${background ? 'b' : 'i'}:${tenant}`;
    const share = this.#workOf(limits, tokens) / (weight * (background ? BACKGROUND_WEIGHT : 1));
    return { lane, background, share, input: tokens.input, output: tokens.output };
  }

  /** How long the scope works for such a call when it does nothing else: milliseconds of its tightest limit. */
  #workOf(limits: CallLimits, tokens: CallTokens): number {
    const costs = costsOf(tokens);
    const works = rateLimitsOf(limits).map((limit, index) => {
      const windowMs = index === DAY ? this.#lengths.dayMs : this.#lengths.minuteMs;
      return limit === undefined ? 0 : ((costs[index] ?? 0) / limit) * windowMs;
    });
    const work = Math.max(...works);
    return work > 0 ? work : LONGEST_TURN_MS;
  }

  /** What holds a call back now; undefined: nothing. Of several the one that will take longest. */
  #bindingDimension(
    limits: CallLimits,
    tokens: CallTokens,
    now: number,
    tag: number,
    ahead: number,
  ): LimitDimension | undefined {
    if (this.#pause.blockedFor(now, ahead === 0) > 0) return 'penalty';
    const free = this.#freePlaces(limits, now);
    if (free < 1) return 'concurrency';
    const lacking = this.#costs(limits, tokens).filter(({ window, limit, cost }) => !window.fits(limit, cost));
    if (lacking.length > 0) return this.#slowest(lacking);
    if (ahead === 0) return undefined;
    return this.#coversOthers(limits, tokens, free, this.#line.protectedFrom(tag, now), now) ? undefined : 'line';
  }

  #slowest(lacking: { dimension: LimitDimension; window: RateWindow; limit: number; cost: number }[]) {
    const waits = lacking.map(({ window, limit, cost }) => window.waitFor(limit, cost, 0));
    return lacking[waits.indexOf(Math.max(...waits))]?.dimension;
  }

  /** Whether those that are ahead will still find what they need, each when it comes. */
  #coversOthers(limits: CallLimits, tokens: CallTokens, free: number, others: Waiter[], now: number): boolean {
    const due = others.filter(({ wake }) => wake <= now).length;
    if (free < due + 1) return false;
    return this.#costs(limits, tokens).every(({ window, limit, cost, index }) => {
      let before = 0;
      return others.every((other) => {
        const theirs = costsOf(other)[index] ?? 0;
        const enough = window.leavesEnough(limit, cost, before, theirs, Math.max(0, other.wake - now));
        before += theirs;
        return enough;
      });
    });
  }

  #waitFor(limits: CallLimits, tokens: CallTokens, binding: LimitDimension, now: number, ahead: number): number {
    const line = this.#line.tokensOf(ahead);
    const { input, output } = this.#learned;
    const costsAhead = costsOf({ input: line.input * input, output: line.output * output }, ahead);
    let wait = binding === 'line' ? LEAST_WAIT_MS : 0;
    for (const { window, limit, cost, index } of this.#costs(limits, tokens)) {
      wait = Math.max(wait, window.waitFor(limit, cost, costsAhead[index] ?? 0));
    }
    if (binding === 'concurrency') wait = Math.max(wait, (ahead + 0.5) * this.#turnMs(limits));
    if (binding === 'penalty')
      wait = Math.max(wait, this.#pause.blockedFor(now, ahead === 0) + ahead * PAUSE_SPACING_MS);
    if (ahead > 0 && wait > EXACT_WAIT_MS) wait -= (wait - EXACT_WAIT_MS) / 10;
    return Math.max(1, Math.ceil(wait - TOLERANCE));
  }

  /** Expected time between two free places. */
  #turnMs({ maxConcurrency = 1 }: CallLimits): number {
    return Math.min(LONGEST_TURN_MS, Math.max(LEAST_TURN_MS, this.#learned.durationMs / maxConcurrency));
  }

  #freePlaces({ maxConcurrency = Number.POSITIVE_INFINITY }: CallLimits, now: number): number {
    return maxConcurrency - this.#leases.countAbove(now);
  }

  #admit(
    limits: CallLimits,
    { id, tokens }: LimitedCall,
    applicant: Applicant,
    waiter: Waiter | undefined,
    tag: number,
    now: number,
  ): void {
    for (const { window, cost } of this.#costs(limits, tokens)) window.take(cost);
    this.#pause.pass(now);
    this.#calls.set(id, { ...tokens, at: now });
    this.#leases.add(id, now + LEASE_MS);
    if (!this.#line.isEmpty) this.#line.serve(id, waiter, applicant, tag);
  }

  #release(id: string): void {
    this.#calls.delete(id);
    this.#leases.remove(id);
  }

  /** The costs of a call become others, where they were counted. */
  #amend(limits: CallLimits, call: Reservation, costs: readonly number[]): void {
    const before = costsOf(call);
    for (const { window, limit, index } of this.#limited(limits)) {
      const difference = (costs[index] ?? 0) - (before[index] ?? 0);
      if (difference !== 0) window.amend(limit, difference, call.at);
    }
  }

  #learn(what: 'input' | 'output', estimated: number, actual: number): void {
    if (estimated > 0) this.#learned[what] += LEARNING_RATE * (actual / estimated - this.#learned[what]);
  }

  #limited(limits: CallLimits) {
    const rates: RateLimits = rateLimitsOf(limits);
    return RATE_DIMENSIONS.flatMap((dimension, index) => {
      const limit = rates[index];
      const window = this.#windows[index];
      return limit === undefined || window === undefined ? [] : [{ dimension, index, limit, window }];
    });
  }

  /** The limits that a call uses up, with how much. */
  #costs(limits: CallLimits, tokens: CallTokens) {
    const costs = costsOf(tokens);
    return this.#limited(limits)
      .map((limited) => ({ ...limited, cost: costs[limited.index] ?? 0 }))
      .filter(({ cost }) => cost > 0);
  }
}
