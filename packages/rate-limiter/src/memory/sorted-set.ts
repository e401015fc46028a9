/** Members ordered by score, then by name, with their ranks: what a sorted set of Redis does. */
export class SortedSet {
  readonly #scores = new Map<string, number>();
  readonly #order: { score: number; member: string }[] = [];

  get size(): number {
    return this.#order.length;
  }

  score(member: string): number | undefined {
    return this.#scores.get(member);
  }

  add(member: string, score: number): void {
    this.remove(member);
    this.#scores.set(member, score);
    this.#order.splice(this.#indexOf(score, member), 0, { score, member });
  }

  remove(member: string): boolean {
    const score = this.#scores.get(member);
    if (score === undefined) return false;
    this.#scores.delete(member);
    this.#order.splice(this.#indexOf(score, member), 1);
    return true;
  }

  /** How many come before it. */
  rank(member: string): number | undefined {
    const score = this.#scores.get(member);
    return score === undefined ? undefined : this.#indexOf(score, member);
  }

  /** How many have a score below this one. */
  countBelow(score: number): number {
    return this.#search((entry) => entry.score < score);
  }

  /** How many have a higher score. */
  countAbove(score: number): number {
    return this.size - this.#firstAbove(score);
  }

  first(count: number): string[] {
    return this.#order.slice(0, count).map(({ member }) => member);
  }

  firstScore(): number | undefined {
    return this.#order[0]?.score;
  }

  /** Above `from`, up to and with `to`. */
  between(from: number, to: number, count: number): string[] {
    const start = this.#firstAbove(from);
    const end = Math.min(this.#firstAbove(to), start + count);
    return this.#order.slice(start, end).map(({ member }) => member);
  }

  removeUpTo(score: number): void {
    for (const { member } of this.#order.splice(0, this.#firstAbove(score))) this.#scores.delete(member);
  }

  #indexOf(score: number, member: string): number {
    return this.#search((entry) => entry.score < score || (entry.score === score && entry.member < member));
  }

  #firstAbove(score: number): number {
    return this.#search((entry) => entry.score <= score);
  }

  /** The first index whose entry is not before. */
  #search(isBefore: (entry: { score: number; member: string }) => boolean): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#order[middle];
      if (entry !== undefined && isBefore(entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
