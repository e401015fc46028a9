/** Whether something that is measured once a second has been over its limit for some seconds on end. */
export class Sustained {
  readonly #limit: number;
  readonly #needed: number;
  #seconds = 0;
  #last = 0;

  constructor({ limit, seconds }: { limit: number; seconds: number }) {
    this.#limit = limit;
    this.#needed = seconds;
  }

  add(value: number): void {
    this.#last = value;
    this.#seconds = value > this.#limit ? this.#seconds + 1 : 0;
  }

  /** What the last second was like. */
  get last(): number {
    return this.#last;
  }

  get reached(): boolean {
    return this.#seconds >= this.#needed;
  }
}
