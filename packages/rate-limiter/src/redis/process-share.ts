import { TroupeError } from '@troupe/contracts';
import type { Admission, CallLimits, LimitedCall, LimitScope } from '@troupe/spec';
import { MemoryCallLimiter } from '../memory/memory-call-limiter.js';
import { scopeName } from '../rules/scope-name.js';
import type { WindowLengths } from '../rules/timing.js';
import { shareOfLimits } from './share-of-limits.js';

export interface ProcessShareOptions {
  limitsOf(scope: LimitScope): CallLimits | undefined;
  /** Among how many processes a scope is shared. */
  processesOf(scope: LimitScope): number;
  now: () => number;
  windows: WindowLengths;
}

/** Told to the first that has to wait; the store may soon be back. Those behind wait a little longer each. Milliseconds. */
const ASK_AGAIN_MS = 1_000;
const ASK_AGAIN_SPACING_MS = 100;

/**
 * What this process may use of each limit while the store is away. It begins as if everything had been used, because what the others
 * used last is not known: so the first calls go after a tenth of a window, and then the shares come evenly.
 */
export class ProcessShare {
  readonly since: number;
  readonly limiter: MemoryCallLimiter;
  readonly #begun = new Set<string>();

  constructor({ limitsOf, processesOf, now, windows }: ProcessShareOptions) {
    this.since = now();
    const shareOf = (scope: LimitScope) => shareOfLimits(limitsOf(scope) ?? {}, processesOf(scope));
    this.limiter = new MemoryCallLimiter({ limitsOf: shareOf, now, windows });
  }

  async acquire(scope: LimitScope, call: LimitedCall): Promise<Admission> {
    try {
      const admission = await this.limiter.acquire(scope, call);
      if (admission.admitted) return admission;
      return { ...admission, waitMs: Math.min(admission.waitMs, againAfter(admission.position)) };
    } catch (error) {
      if (!(error instanceof TroupeError) || error.code !== 'limit_exceeded') throw error;
      // Larger than the share, though not than the limit: it has to wait for the store.
      return { admitted: false, waitMs: ASK_AGAIN_MS, dimension: 'line', position: 1 };
    }
  }

  /** Before a scope is used for the first time. `pausedForMs`: what is left of a pause that the provider asked for. */
  async begin(scope: LimitScope, pausedForMs: number): Promise<void> {
    const name = scopeName(scope);
    if (this.#begun.has(name)) return;
    this.#begun.add(name);
    this.limiter.fullyUse(scope);
    if (pausedForMs > 0) await this.limiter.tighten(scope, { pauseMs: pausedForMs });
  }
}

function againAfter(position: number): number {
  return ASK_AGAIN_MS + (position - 1) * ASK_AGAIN_SPACING_MS;
}
