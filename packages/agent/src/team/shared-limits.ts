import type { RunLimits, TroupeError, Usage } from '@troupe/contracts';
import { limitExceeded } from '../limits/limit-exceeded.js';
import { RunAllowance } from '../limits/run-allowance.js';
import { NOTHING_SPENT } from '../limits/run-spent.js';
import { limitsLeft } from '../subagents/limits-left.js';
import { shareLimits } from '../subagents/share-limits.js';

interface Waiting {
  resolve(share: RunLimits | undefined): void;
  reject(error: unknown): void;
}

/**
 * Deals out what several runs may take together, where nobody knows beforehand how many there will be: those that ask in the
 * same moment share what is left, and what one did not take comes back when it is done.
 */
export class SharedLimits {
  readonly #limits: RunLimits | undefined;
  readonly #spent = new RunAllowance(NOTHING_SPENT);
  readonly #dealtOut = new Set<RunLimits>();
  #waiting: Waiting[] = [];

  constructor(limits: RunLimits | undefined) {
    this.#limits = limits;
  }

  charge(usage: Usage, made?: { requests: number; toolCalls: number }): void {
    this.#spent.charge(usage, made?.requests ?? 0, made?.toolCalls);
  }

  /**
   * What the work of one run may take; undefined: anything.
   * @throws TroupeError `run_limit_exceeded`, or `budget_exceeded` for money, where nothing is left for it
   */
  async within<Answer>(work: (share: RunLimits | undefined) => Promise<Answer>): Promise<Answer> {
    if (!this.#limits) return work(undefined);
    const share = await new Promise<RunLimits | undefined>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length === 1) queueMicrotask(() => this.#dealOut());
    });
    try {
      return await work(share);
    } finally {
      if (share) this.#dealtOut.delete(share);
    }
  }

  #dealOut(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const left = this.#left();
    const shares = left ? shareLimits(left, waiting.length) : [];
    for (const [index, { resolve, reject }] of waiting.entries()) {
      const share = shares[index];
      if (left && !share) reject(this.#exhausted(left));
      else {
        if (share) this.#dealtOut.add(share);
        resolve(share);
      }
    }
  }

  #left(): RunLimits | undefined {
    const left = limitsLeft(this.#limits, this.#spent.spent);
    if (!left) return undefined;
    for (const share of this.#dealtOut) {
      for (const [name, amount] of Object.entries(share) as [keyof RunLimits, number][]) {
        left[name] = Math.max(0, (left[name] ?? 0) - amount);
      }
    }
    return left;
  }

  #exhausted(left: RunLimits): TroupeError {
    const limits = Object.entries(this.#limits ?? {}) as [keyof RunLimits, number][];
    const [limit, allowed] = limits.toSorted(([a], [b]) => (left[a] ?? 0) - (left[b] ?? 0))[0] ?? ['max_requests', 0];
    return limitExceeded(limit, allowed, allowed - (left[limit] ?? 0));
  }
}
