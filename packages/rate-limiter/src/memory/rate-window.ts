import { BURST_SHARE, GUARD_SLOTS, SLOTS_PER_WINDOW, TOLERANCE } from '../rules/timing.js';

export interface RateWindowOptions {
  windowMs: number;
  /** What may go at once is bounded too, and the rest comes evenly. */
  smooth: boolean;
  /** At least this much may go at once. */
  smallestBurst: number;
}

/**
 * What was used of one limit. A ring of slots guards the window: the sum of the last `GUARD_SLOTS` never passes the limit. A bucket
 * spreads the use: it fills evenly, holds a tenth of the limit at most, and never more than the window has left. A cost above
 * what the bucket can hold needs a full one and leaves it in debt.
 */
export class RateWindow {
  /** Of the bucket; negative is debt. */
  level: number;
  /** Of all slots. */
  sum = 0;
  /** When the level and the sum were true. */
  at: number;
  /** When the first call after a quiet time leaves the window. */
  #coldUntil = 0;
  readonly #ring = new Float64Array(GUARD_SLOTS);
  readonly #slotMs: number;
  readonly #options: RateWindowOptions;

  constructor(options: RateWindowOptions, limit: number, now: number) {
    this.#options = options;
    this.#slotMs = options.windowMs / SLOTS_PER_WINDOW;
    this.at = now;
    this.level = this.#capacity(limit);
  }

  left(limit: number): number {
    return limit - this.sum;
  }

  /** Lets time pass: slots fall out of the window, each at its moment, and the bucket fills in between. */
  advance(limit: number, now: number): void {
    const first = Math.floor(this.at / this.#slotMs) - GUARD_SLOTS + 1;
    const last = Math.min(Math.floor(now / this.#slotMs) - GUARD_SLOTS, first + GUARD_SLOTS - 1);
    for (let slot = first; slot <= last; slot++) {
      const amount = this.#amount(slot);
      if (amount === 0) continue;
      this.#refill(limit, this.#leavesAt(slot));
      this.sum -= amount;
      this.#ring[place(slot)] = 0;
    }
    if (last === first + GUARD_SLOTS - 1) this.sum = 0;
    this.#refill(limit, now);
  }

  fits(limit: number, cost: number): boolean {
    const needed = Math.min(cost, this.#capacity(limit));
    return this.level + TOLERANCE >= needed && this.left(limit) + TOLERANCE >= cost;
  }

  take(cost: number): void {
    if (this.sum <= TOLERANCE) this.#coldUntil = this.#leavesAt(Math.floor(this.at / this.#slotMs));
    this.#add(Math.floor(this.at / this.#slotMs), cost);
    this.level -= cost;
  }

  /** Corrects what was taken at a time; what has left the window can only make debt. */
  amend(limit: number, difference: number, takenAt: number): void {
    const slot = Math.floor(takenAt / this.#slotMs);
    const counted = slot > Math.floor(this.at / this.#slotMs) - GUARD_SLOTS;
    // A limit may be younger than the call, which then was never counted.
    const correction = Math.max(difference, counted ? -this.#amount(slot) : 0);
    if (counted) this.#add(slot, correction);
    this.level -= correction;
    this.#bound(limit);
  }

  /** The provider counts differently and says that less is left. */
  lower(level: number): void {
    this.level = Math.min(this.level, level);
  }

  /**
   * Whether a call can go now so that one that is ahead of it still finds what it needs when it comes.
   * `others`: what goes to those between now and then.
   */
  leavesEnough(limit: number, own: number, others: number, theirs: number, afterMs: number): boolean {
    const needed = others + Math.min(theirs, this.#capacity(limit));
    if (this.#smooth && this.level - own + this.#filled(limit, this.at, this.at + afterMs) + TOLERANCE < needed) {
      return false;
    }
    const spare = this.left(limit) - own - others - theirs;
    return spare + TOLERANCE >= 0 || (afterMs > 0 && spare + this.#freedBy(this.at + afterMs) + TOLERANCE >= 0);
  }

  /** Milliseconds until `own` fits, after `ahead` has gone to others. */
  waitFor(limit: number, own: number, ahead: number): number {
    return ahead > 0 ? this.#waitBehind(limit, own, ahead) : this.#waitAlone(limit, own);
  }

  /**
   * As if everything had been used, as late as possible: a full bucket just now and an even flow before. For when nobody knows what
   * was used; whatever it really was, no window is passed from here.
   */
  fullyUse(limit: number): void {
    const newest = Math.floor(this.at / this.#slotMs);
    const burst = this.#smooth ? this.#capacity(limit) : 0;
    const flow = limit / GUARD_SLOTS;
    let rest = limit;
    this.sum = 0;
    for (let slot = newest; slot > newest - GUARD_SLOTS; slot--) {
      const share = Math.min(rest, slot === newest ? burst + flow : flow);
      rest -= share;
      const amount = Math.max(this.#amount(slot), share);
      this.#ring[place(slot)] = amount;
      this.sum += amount;
    }
    this.level = Math.min(this.level, 0);
    this.#bound(limit);
  }

  get #smooth(): boolean {
    return this.#options.smooth;
  }

  #capacity(limit: number): number {
    if (!this.#smooth) return limit;
    return Math.min(limit, Math.max(this.#options.smallestBurst, limit * BURST_SHARE));
  }

  /** Of the bucket, for a millisecond. As much as can leave the window in the long run, so that neither has to wait for the other. */
  #rate(limit: number): number {
    return limit / (GUARD_SLOTS * this.#slotMs);
  }

  /**
   * Share of the rate that is held back while what went at once after a quiet time is in the window: together they make the limit,
   * where at the full rate nothing would be left for the last tenth of the window. A limit that is so small that more than the usual
   * share may go at once keeps the full rate.
   */
  #heldBack(limit: number): number {
    return this.#smooth && this.#capacity(limit) <= limit * BURST_SHARE ? BURST_SHARE : 0;
  }

  /** What flows into the bucket between two times. */
  #filled(limit: number, from: number, to: number): number {
    const rate = this.#rate(limit);
    const coldFor = Math.max(0, Math.min(to, this.#coldUntil) - from);
    return Math.max(0, to - from) * rate - coldFor * rate * this.#heldBack(limit);
  }

  /** Milliseconds until so much has flowed in since a time. */
  #fillTime(limit: number, amount: number, from: number): number {
    const rate = this.#rate(limit);
    const slowRate = rate * (1 - this.#heldBack(limit));
    const coldFor = Math.max(0, this.#coldUntil - from);
    if (amount <= slowRate * coldFor) return amount / slowRate;
    return coldFor + (amount - slowRate * coldFor) / rate;
  }

  #refill(limit: number, to: number): void {
    this.level += this.#filled(limit, this.at, to);
    this.at = to;
    this.#bound(limit);
  }

  #bound(limit: number): void {
    this.level = this.#smooth ? this.#bounded(limit, this.level, this.left(limit)) : this.left(limit);
  }

  /** A bucket that waits for the window holds one request, so that a limit of one a minute is not halved. */
  #bounded(limit: number, level: number, left: number): number {
    return Math.min(level, this.#capacity(limit), Math.max(left, this.#options.smallestBurst > 0 ? 1 : 0));
  }

  #waitAlone(limit: number, own: number): number {
    const capacity = this.#capacity(limit);
    const needed = Math.min(own, capacity) - TOLERANCE;
    let { level, at } = this;
    let left = this.left(limit);
    const newest = Math.floor(this.at / this.#slotMs);
    for (let slot = newest - GUARD_SLOTS + 1; slot <= newest; slot++) {
      const amount = this.#amount(slot);
      if (amount === 0) continue;
      const leavesAt = this.#leavesAt(slot);
      if (left + TOLERANCE >= own) {
        const filledAt = this.#smooth ? at + this.#fillTime(limit, Math.max(0, needed - level), at) : at;
        if (filledAt <= leavesAt) return filledAt - this.at;
      }
      level = this.#bounded(limit, level + this.#filled(limit, at, leavesAt), left);
      left += amount;
      at = leavesAt;
    }
    return at - this.at + (this.#smooth ? this.#fillTime(limit, Math.max(0, needed - level), at) : 0);
  }

  #waitBehind(limit: number, own: number, ahead: number): number {
    const needed = ahead + Math.min(own, this.#capacity(limit)) - this.level;
    const filling = this.#smooth ? this.#fillTime(limit, Math.max(0, needed), this.at) : 0;
    return Math.max(filling, this.#waitForWindow(limit, own, ahead));
  }

  /** Whole windows first; then slot by slot, and within the last slot in order. */
  #waitForWindow(limit: number, own: number, ahead: number): number {
    const windows = Math.max(0, Math.ceil((ahead + own) / limit) - 1);
    const before = windows * GUARD_SLOTS * this.#slotMs;
    const needed = ahead + own - windows * limit;
    let left = this.left(limit);
    if (left + TOLERANCE >= needed) return before;
    const newest = Math.floor(this.at / this.#slotMs);
    for (let slot = newest - GUARD_SLOTS + 1; slot <= newest; slot++) {
      const amount = this.#amount(slot);
      if (amount === 0) continue;
      if (left + amount + TOLERANCE >= needed) {
        const share = Math.min(1, Math.max(0, needed - left - own) / amount);
        return before + this.#leavesAt(slot) - this.at + share * this.#slotMs;
      }
      left += amount;
    }
    return before + GUARD_SLOTS * this.#slotMs;
  }

  #freedBy(time: number): number {
    const newest = Math.floor(this.at / this.#slotMs);
    const last = Math.min(Math.floor(time / this.#slotMs) - GUARD_SLOTS, newest);
    let freed = 0;
    for (let slot = newest - GUARD_SLOTS + 1; slot <= last; slot++) freed += this.#amount(slot);
    return freed;
  }

  #leavesAt(slot: number): number {
    return (slot + GUARD_SLOTS) * this.#slotMs;
  }

  #amount(slot: number): number {
    return this.#ring[place(slot)] ?? 0;
  }

  #add(slot: number, amount: number): void {
    this.#ring[place(slot)] = this.#amount(slot) + amount;
    this.sum += amount;
  }
}

function place(slot: number): number {
  return ((slot % GUARD_SLOTS) + GUARD_SLOTS) % GUARD_SLOTS;
}
