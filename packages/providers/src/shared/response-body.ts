import type { Dispatcher } from 'undici';

/** Above this many unread bytes the socket is paused: a reader that is slow must not cost memory without bound. */
const pauseAboveBytes = 1_048_576;
/** How long the rest of a finished answer may take before its connection is given up instead of reused. */
const drainMs = 1_000;

/**
 * The body of one response, read piece by piece without a stream object in between: a promise per network chunk is
 * all a token costs here.
 */
export class ResponseBody {
  #controller: Dispatcher.DispatchController | undefined;
  #chunks: Buffer[] = [];
  #unreadBytes = 0;
  #ended = false;
  #drained = false;
  #error: Error | undefined;
  #reader: { resolve(chunk: Buffer | null): void; reject(error: Error): void } | undefined;

  constructor(readonly onEnd: () => void) {}

  /** The next bytes, null at the end. @throws what broke the connection */
  read(): Promise<Buffer | null> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#unreadBytes -= chunk.length;
      if (this.#controller?.paused && this.#unreadBytes < pauseAboveBytes) this.#controller.resume();
      return Promise.resolve(chunk);
    }
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** @throws RangeError when the body is longer than `maxBytes` */
  async readAll(maxBytes: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) {
      length += chunk.length;
      if (length > maxBytes) throw new RangeError(`The body is longer than ${maxBytes} bytes.`);
      chunks.push(chunk);
    }
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  }

  /** Nothing more is wanted although the answer is whole: its last bytes go unread, the connection is kept. */
  drain(): void {
    if (this.#ended || this.#error !== undefined) return;
    this.#drained = true;
    this.#chunks = [];
    if (this.#controller?.paused) this.#controller.resume();
    setTimeout(() => this.abort(new Error('The provider kept its answer open.')), drainMs).unref();
  }

  /** Ends the provider's work by closing the connection; without effect once the body has ended or is drained. */
  cancel(): void {
    if (this.#ended || this.#drained || this.#error !== undefined) return;
    this.abort(new Error('The answer is no longer wanted.'));
  }

  abort(reason: Error): void {
    if (this.#ended || this.#error !== undefined) return;
    this.fail(reason);
    this.#controller?.abort(reason);
  }

  start(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#error !== undefined) controller.abort(this.#error);
  }

  push(chunk: Buffer): void {
    if (this.#drained || this.#error !== undefined) return;
    if (this.#reader !== undefined) {
      this.#reader.resolve(chunk);
      this.#reader = undefined;
      return;
    }
    this.#chunks.push(chunk);
    this.#unreadBytes += chunk.length;
    if (this.#unreadBytes >= pauseAboveBytes) this.#controller?.pause();
  }

  end(): void {
    this.#ended = true;
    this.#reader?.resolve(null);
    this.#reader = undefined;
    this.onEnd();
  }

  fail(error: Error): void {
    if (this.#ended || this.#error !== undefined) return;
    this.#error = error;
    this.#reader?.reject(error);
    this.#reader = undefined;
    this.onEnd();
  }
}
