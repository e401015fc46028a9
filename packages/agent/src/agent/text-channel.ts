/** Turns pieces that are pushed into pieces that are awaited; what nobody has read yet waits in memory. */
export class TextChannel implements AsyncIterable<string> {
  #waiting: string[] = [];
  #ended = false;
  #failure: { error: unknown } | undefined;
  #wake: () => void = () => undefined;

  push(piece: string): void {
    this.#waiting.push(piece);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The reader gets what was pushed before, and then the error. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const pieces = this.#waiting;
      this.#waiting = [];
      yield* pieces;
      if (this.#waiting.length > 0) continue;
      if (this.#failure) throw this.#failure.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
