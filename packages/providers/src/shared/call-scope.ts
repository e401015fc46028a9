/**
 * The signal of one call. SDKs leave listeners on the signal they get until it is collected, so they get one of
 * their own that lives as long as the call.
 */
export class CallScope {
  readonly #controller = new AbortController();
  readonly #abort: () => void;

  constructor(readonly outer: AbortSignal | undefined) {
    this.#abort = () => this.#controller.abort(outer?.reason);
    if (outer?.aborted) this.#abort();
    else outer?.addEventListener('abort', this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends a call of which nobody waits for an answer any more. */
  abort(): void {
    this.#controller.abort(new Error('The answer is no longer wanted.'));
  }

  close(): void {
    this.outer?.removeEventListener('abort', this.#abort);
  }
}
