import { SlidingWindow } from '../recording/sliding-window.js';
import type { LimitReadings, MeterReading, SimulatedLimits } from './simulated-limits.js';

/** How much of a number is left, and when all of it is back. */
export interface Allowance {
  limit: number;
  remaining: number;
  /** Milliseconds. */
  resetMs: number;
}

/** What a response says of the limits that are set. */
export interface Allowances {
  requests?: Allowance;
  tokens?: Allowance;
  /** The request does not fit, and would after so many milliseconds; absent: it was let in. */
  refusedForMs?: number;
}

/**
 * Counts as the strictest of vendors would: each request with all tokens of its answer at the moment at which it arrived, in every
 * window of 60 s there is, to the millisecond.
 */
export class LimitMeter {
  readonly #windowMs: number;
  readonly #meters: { requests: Meter; tokens: Meter };
  #refused = 0;

  constructor({ rpm, tpm }: SimulatedLimits, windowMs: number) {
    this.#windowMs = windowMs;
    this.#meters = { requests: new Meter(rpm, windowMs), tokens: new Meter(tpm, windowMs) };
  }

  /** @param arrivedAt milliseconds since 1970 */
  arrive(arrivedAt: number, tokenCount: number): Allowances {
    const { requests, tokens } = this.#meters;
    const refusedForMs = Math.max(requests.waitFor(arrivedAt, 1), tokens.waitFor(arrivedAt, tokenCount));
    if (refusedForMs > 0) {
      this.#refused += 1;
    } else {
      requests.add(arrivedAt, 1);
      tokens.add(arrivedAt, tokenCount);
    }
    return {
      ...requests.allowance('requests', arrivedAt),
      ...tokens.allowance('tokens', arrivedAt),
      ...(refusedForMs > 0 && { refusedForMs }),
    };
  }

  read(now: number): LimitReadings {
    const { requests, tokens } = this.#meters;
    return {
      windowMs: this.#windowMs,
      requests: requests.read(now),
      tokens: tokens.read(now),
      refused: this.#refused,
    };
  }
}

class Meter {
  readonly #limit: number | undefined;
  readonly #window: SlidingWindow;
  #total = 0;

  constructor(limit: number | undefined, windowMs: number) {
    this.#limit = limit;
    this.#window = new SlidingWindow(windowMs);
  }

  add(time: number, amount: number): void {
    this.#window.add(time, amount);
    this.#total += amount;
  }

  /** Milliseconds; what is larger than the limit itself is let in when nothing else is in the window. */
  waitFor(time: number, amount: number): number {
    return this.#limit === undefined ? 0 : this.#window.timeUntil(time, Math.max(0, this.#limit - amount));
  }

  allowance<Name extends string>(name: Name, time: number): Partial<Record<Name, Allowance>>;
  allowance(name: string, time: number): Partial<Record<string, Allowance>> {
    if (this.#limit === undefined) return {};
    const remaining = Math.max(0, this.#limit - this.#window.current(time));
    return { [name]: { limit: this.#limit, remaining, resetMs: this.#window.timeUntil(time, 0) } };
  }

  read(now: number): MeterReading {
    const current = this.#window.current(now);
    return { limit: this.#limit ?? null, current, peak: this.#window.peak, total: this.#total };
  }
}
