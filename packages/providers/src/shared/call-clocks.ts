import type { ProviderTimeouts } from './provider-timeouts.js';

/**
 * The clocks of one call that was sent: its first byte, its bytes, what is more than a heartbeat, and all of it. One
 * timer serves them all, so that a byte costs no timer of its own.
 */
export class CallClocks {
  readonly #startedAt = Date.now();
  #byteAt: number | undefined;
  #contentAt = this.#startedAt;
  #heldAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param expire is told once, in words, which clock ran out */
  constructor(
    readonly timeouts: ProviderTimeouts,
    readonly expire: (what: string) => void,
  ) {
    const { firstByteMs, idleMs, contentIdleMs, totalMs } = timeouts;
    // None can run out before the shortest, whichever of them counts by then: the first byte needs no other timer.
    this.#arm(Math.min(firstByteMs, idleMs, contentIdleMs, totalMs));
  }

  /** Bytes came. @param hasContent whether they were more than a heartbeat */
  arrived(hasContent: boolean): void {
    const now = Date.now();
    // The wait for what is said begins when the provider begins to speak.
    if (hasContent || this.#byteAt === undefined) this.#contentAt = now;
    this.#byteAt = now;
  }

  /** While our own side is slow the provider is not to blame for its silence. */
  hold(): void {
    this.#heldAt ??= Date.now();
  }

  release(): void {
    if (this.#heldAt === undefined) return;
    const heldMs = Date.now() - this.#heldAt;
    this.#heldAt = undefined;
    this.#contentAt += heldMs;
    if (this.#byteAt !== undefined) this.#byteAt += heldMs;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(waitMs: number): void {
    // A process that was held up finds its timers due before the bytes that came meanwhile: those are read first.
    this.#timer = setTimeout(() => setImmediate(() => this.#look()), Math.max(1, waitMs)).unref();
  }

  #look(): void {
    if (this.#timer === undefined) return;
    const { dueAt, what } = this.#next();
    const waitMs = dueAt - Date.now();
    if (waitMs > 0) this.#arm(waitMs);
    else this.expire(what);
  }

  #next(): { dueAt: number; what: string } {
    const { firstByteMs, idleMs, contentIdleMs, totalMs } = this.timeouts;
    const total = { dueAt: this.#startedAt + totalMs, what: `the call took longer than ${inSeconds(totalMs)}` };
    if (this.#byteAt === undefined) {
      const what = `nothing came within ${inSeconds(firstByteMs)}`;
      return earlier(total, { dueAt: this.#startedAt + firstByteMs, what });
    }
    const held = this.#heldAt === undefined ? 0 : Date.now() - this.#heldAt + 1;
    const idle = { dueAt: this.#byteAt + idleMs + held, what: `nothing more came for ${inSeconds(idleMs)}` };
    const content = {
      dueAt: this.#contentAt + contentIdleMs + held,
      what: `only heartbeats came for ${inSeconds(contentIdleMs)}`,
    };
    return earlier(total, earlier(idle, content));
  }
}

function earlier<Due extends { dueAt: number }>(a: Due, b: Due): Due {
  return b.dueAt < a.dueAt ? b : a;
}

function inSeconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
