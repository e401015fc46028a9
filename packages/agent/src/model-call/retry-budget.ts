/** Of all calls, so many may be tries of one that failed: a provider in trouble is not met with a multiple of the load. */
const SHARE = 0.1;
/** Tries that are there without any calls before. */
const RESERVE = 10;

/** Bounds how many calls of a process are retries, whatever each of them would like. */
export class RetryBudget {
  #left = RESERVE;

  /** A call was made for the first time. */
  earn(): void {
    this.#left = Math.min(RESERVE, this.#left + SHARE);
  }

  /** Whether another try may be made; it is counted. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
