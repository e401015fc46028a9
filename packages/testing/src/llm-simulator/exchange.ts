import type { ServerResponse } from 'node:http';
import type { RecordedRequest } from './recording/recorded-request.js';

/** One request being answered: its response, its record, and waits that end when the client leaves. */
export class Exchange {
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(
    readonly response: ServerResponse,
    readonly record: RecordedRequest,
    onEnd: () => void,
  ) {
    response.once('close', () => {
      this.#closed = true;
      if (!response.writableFinished && record.outcome !== 'cut') {
        record.outcome = 'aborted';
        record.abortedByClient = true;
      }
      onEnd();
      this.#wake?.();
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @param time milliseconds since 1970; resolves earlier when the client leaves */
  waitUntil(time: number): Promise<void> {
    const wait = time - Date.now();
    if (wait <= 0 || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  waitUntilClosed(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Sends what was written so far and closes the socket without ending the body. */
  cut(): Promise<void> {
    this.record.outcome = 'cut';
    return new Promise((resolve) => {
      this.response.once('close', resolve);
      this.response.write('', () => this.response.socket?.destroy());
    });
  }
}
