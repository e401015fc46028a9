export interface RestartPauseOptions {
  /** The first pause, in milliseconds; each further one is twice as long. */
  firstMs?: number;
  lastMs?: number;
  /** A process that ran this long, in milliseconds, begins with the first pause again. */
  settledMs?: number;
}

/** How long to wait before an app that ended is started again: it must not take a processor to itself by crashing. */
export class RestartPause {
  readonly #firstMs: number;
  readonly #lastMs: number;
  readonly #settledMs: number;
  #nextMs: number;
  #startedAt: number | undefined;

  constructor({ firstMs = 500, lastMs = 30_000, settledMs = 60_000 }: RestartPauseOptions = {}) {
    this.#firstMs = firstMs;
    this.#lastMs = lastMs;
    this.#settledMs = settledMs;
    this.#nextMs = firstMs;
  }

  started(): void {
    this.#startedAt = Date.now();
  }

  next(): number {
    if (this.#startedAt !== undefined && Date.now() - this.#startedAt >= this.#settledMs) this.#nextMs = this.#firstMs;
    this.#startedAt = undefined;
    const pause = this.#nextMs;
    this.#nextMs = Math.min(pause * 2, this.#lastMs);
    return pause;
  }
}
