/**
 * How much happened in the last `lengthMs`, and the most that ever happened in any window of that length. The peak is
 * exact to the millisecond: a fullest window ends at an event, and every event is looked at.
 */
export class SlidingWindow {
  #times: number[] = [];
  #amounts: number[] = [];
  #head = 0;
  #sum = 0;
  #peak = 0;

  constructor(private readonly lengthMs: number) {}

  /** @param eventTime milliseconds; one before the last event's (a clock set back) counts at the last event's */
  add(eventTime: number, amount: number): void {
    const last = this.#times.length - 1;
    const time = Math.max(eventTime, this.#times[last] ?? 0);
    this.#dropUntil(time - this.lengthMs);
    const newest = this.#times.length - 1;
    if (newest >= this.#head && this.#times[newest] === time) {
      this.#amounts[newest] = (this.#amounts[newest] ?? 0) + amount;
    } else {
      this.#times.push(time);
      this.#amounts.push(amount);
    }
    this.#sum += amount;
    if (this.#sum > this.#peak) this.#peak = this.#sum;
  }

  current(time: number): number {
    this.#dropUntil(time - this.lengthMs);
    return this.#sum;
  }

  get peak(): number {
    return this.#peak;
  }

  /** Milliseconds until the window that then ends holds no more than `most`, if nothing is added. */
  timeUntil(now: number, most: number): number {
    // As in `add`: nothing is asked about a time before the last event.
    const time = Math.max(now, this.#times.at(-1) ?? 0);
    this.#dropUntil(time - this.lengthMs);
    let left = this.#sum;
    let until = time;
    for (let index = this.#head; left > most && index < this.#times.length; index += 1) {
      left -= this.#amounts[index] ?? 0;
      until = (this.#times[index] ?? 0) + this.lengthMs;
    }
    return until - time;
  }

  #dropUntil(time: number): void {
    while (this.#head < this.#times.length && (this.#times[this.#head] ?? 0) <= time) {
      this.#sum -= this.#amounts[this.#head] ?? 0;
      this.#head += 1;
    }
    // Shifting one by one would move the whole array each time; half of it at once is rare and cheap.
    if (this.#head > 1024 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#amounts = this.#amounts.slice(this.#head);
      this.#head = 0;
    }
  }
}
