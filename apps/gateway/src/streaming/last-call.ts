/** Tells those who wait for something on behalf of a caller that the process is about to stop. */
export class LastCall {
  readonly #listeners = new Set<() => void>();
  #called = false;

  get called(): boolean {
    return this.#called;
  }

  /** Told at once when it was called before. What is given back takes the listener away. */
  onCall(listener: () => void): () => void {
    if (this.#called) listener();
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  call(): void {
    this.#called = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}
