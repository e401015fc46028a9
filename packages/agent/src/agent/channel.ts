/** Turns what is pushed into what is awaited, in order; what nobody has read yet waits in memory. */
export class Channel<Item> implements AsyncIterable<Item> {
  #waiting: Item[] = [];
  #ended = false;
  #failure: { error: unknown } | undefined;
  #wake: () => void = () => undefined;

  push(item: Item): void {
    this.#waiting.push(item);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The reader gets what was pushed before, and then the error. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    for (;;) {
      const items = this.#waiting;
      this.#waiting = [];
      yield* items;
      if (this.#waiting.length > 0) continue;
      if (this.#failure) throw this.#failure.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
