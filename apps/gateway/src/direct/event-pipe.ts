/**
 * Hands pieces from one that pushes to one that reads, one at a time: `push` resolves when its piece was taken, so a reader
 * that is slow slows down whoever pushes.
 */
export class EventPipe<T> {
  #piece: { value: T; taken: () => void } | undefined;
  #ending: { error?: unknown } | undefined;
  #wake: () => void = () => undefined;
  #left = false;

  push(value: T): Promise<void> {
    if (this.#left) return Promise.resolve();
    return new Promise((taken) => {
      this.#piece = { value, taken };
      this.#wake();
    });
  }

  end(): void {
    this.#ending ??= {};
    this.#wake();
  }

  /** The reader gets what was pushed before, and then the error. */
  fail(error: unknown): void {
    this.#ending ??= { error };
    this.#wake();
  }

  async *read(): AsyncGenerator<T, void> {
    try {
      for (;;) {
        const piece = this.#piece;
        this.#piece = undefined;
        if (piece) {
          try {
            yield piece.value;
          } finally {
            // Also where the reader leaves with this piece in its hands.
            piece.taken();
          }
        } else if (this.#ending) {
          if ('error' in this.#ending) throw this.#ending.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.#left = true;
      this.#piece?.taken();
    }
  }
}
