import { PROBE_INTERVAL_MS, PROBE_INTERVAL_SHARE, UNPROBED_PAUSE_MS } from '../rules/timing.js';

/** The pause that a provider asked for. While it is long, one call at a time may find out whether it is over. */
export class ProviderPause {
  until = 0;
  #since = 0;
  #probeAt = 0;
  #probing = false;

  begin(until: number, now: number): void {
    if (this.until <= now) {
      this.#since = now;
      this.#probeAt = now + UNPROBED_PAUSE_MS;
    }
    this.until = Math.max(this.until, until);
    this.#probing = false;
  }

  end(): void {
    this.until = 0;
    this.#probing = false;
  }

  /** A call went through. One that was sent before the pause began proves nothing. */
  proveOver(): void {
    if (this.#probing) this.end();
  }

  /** Milliseconds until a call may pass; the first in the line may come for a probe. */
  blockedFor(now: number, isFirst: boolean): number {
    const until = isFirst ? Math.min(this.until, this.#probeAt) : this.until;
    return this.until > now ? Math.max(0, until - now) : 0;
  }

  /** A call passes; while the pause lasts it is a probe. */
  pass(now: number): void {
    if (this.until <= now) return;
    this.#probing = true;
    this.#probeAt = now + Math.max(PROBE_INTERVAL_MS, (now - this.#since) * PROBE_INTERVAL_SHARE);
  }
}
