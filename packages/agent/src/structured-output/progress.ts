/** Wakes one reader whenever something has happened, until it is over. What happens while it is busy wakes it once. */
export class Progress {
  #happened = false;
  #end: { error?: unknown } | undefined;
  #wake: () => void = () => undefined;

  notify(): void {
    this.#happened = true;
    this.#wake();
  }

  end(): void {
    this.#end = {};
    this.#wake();
  }

  /** The reader is woken for what happened before, and then gets the error. */
  fail(error: unknown): void {
    this.#end = { error };
    this.#wake();
  }

  async *changes(): AsyncGenerator<void> {
    for (;;) {
      if (this.#happened) {
        this.#happened = false;
        yield;
      } else if (this.#end) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
