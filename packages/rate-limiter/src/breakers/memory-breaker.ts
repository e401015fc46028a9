import type { BreakerVerdict } from '@troupe/spec';
import {
  FAILURE_SHARE,
  FAILURE_SLOTS,
  FAILURE_WINDOW_MS,
  FIRST_REST_MS,
  LEAST_CALLS,
  LONGEST_REST_MS,
  PROBE_LEASE_MS,
} from './breaker-rules.js';

const SLOT_MS = FAILURE_WINDOW_MS / FAILURE_SLOTS;

/** Whether one route may be tried. The script of `redis-breaker-scripts.ts` does the same. */
export class MemoryBreaker {
  readonly #slots = Array.from({ length: FAILURE_SLOTS }, () => ({ slot: 0, succeeded: 0, failed: 0 }));
  /** Until when the route is left alone; 0: it works. */
  #until = 0;
  #restMs = 0;
  #probeUntil = 0;

  ask(now: number): BreakerVerdict {
    if (this.#until === 0) return { allowed: true, probe: false };
    const blockedUntil = Math.max(this.#until, this.#probeUntil);
    if (now < blockedUntil) return { allowed: false, retryAfterMs: Math.ceil(blockedUntil - now) };
    this.#probeUntil = now + PROBE_LEASE_MS;
    return { allowed: true, probe: true };
  }

  tell(succeeded: number, failed: number, now: number): void {
    if (this.#until > 0) {
      // What was sent before the route was left alone tells nothing new.
      if (now < this.#until) return;
      if (failed > 0) this.#rest(Math.min(LONGEST_REST_MS, this.#restMs * 2), now);
      else this.#recover();
      return;
    }
    const slot = Math.floor(now / SLOT_MS);
    const counts = this.#slots[slot % FAILURE_SLOTS];
    if (counts === undefined) return;
    if (counts.slot !== slot) Object.assign(counts, { slot, succeeded: 0, failed: 0 });
    counts.succeeded += succeeded;
    counts.failed += failed;
    const recent = this.#slots.filter((one) => one.slot > slot - FAILURE_SLOTS);
    const failures = recent.reduce((sum, one) => sum + one.failed, 0);
    const total = recent.reduce((sum, one) => sum + one.failed + one.succeeded, 0);
    if (failed > 0 && total >= LEAST_CALLS && failures >= total * FAILURE_SHARE) this.#rest(FIRST_REST_MS, now);
  }

  #rest(restMs: number, now: number): void {
    this.#restMs = restMs;
    this.#until = now + restMs;
    this.#probeUntil = 0;
  }

  #recover(): void {
    this.#until = 0;
    for (const counts of this.#slots) Object.assign(counts, { slot: 0, succeeded: 0, failed: 0 });
  }
}
