import type { Dispatcher } from 'undici';

/** Above this many unread bytes the socket is paused: a reader that is slow must not cost memory without bound. */
const pauseAboveBytes = 1_048_576;
/** How long the rest of a finished answer may take before its connection is given up instead of reused. */
const drainMs = 1_000;

/** Takes a body as it arrives; `end` or `fail` is called once and last. None of them may throw. */
export interface BodySink {
  push(chunk: Buffer): void;
  end(): void;
  fail(error: Error): void;
}

/**
 * The body of one response without a stream object in between: read piece by piece, or handed to a sink as it arrives,
 * which costs a token nothing but the call.
 */
export class ResponseBody {
  #controller: Dispatcher.DispatchController | undefined;
  #chunks: Buffer[] = [];
  #unreadBytes = 0;
  #ended = false;
  #drained = false;
  #error: Error | undefined;
  #reader: { resolve(chunk: Buffer | null): void; reject(error: Error): void } | undefined;
  #sink: BodySink | undefined;

  constructor(readonly onEnd: () => void) {}

  /** The next bytes, null at the end. @throws what broke the connection */
  read(): Promise<Buffer | null> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#unreadBytes -= chunk.length;
      if (this.#unreadBytes < pauseAboveBytes) this.resume();
      return Promise.resolve(chunk);
    }
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** Hands over what has arrived and, from now on, what arrives; nothing may be read beside it. */
  flowTo(sink: BodySink): void {
    this.#sink = sink;
    this.resume();
    // What arrives while these are taken, because the sink resumed the socket, queues up behind them.
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      sink.push(chunk);
      this.#chunks.shift();
    }
    if (this.#error !== undefined) sink.fail(this.#error);
    else if (this.#ended) sink.end();
  }

  /** For a sink that has enough for now: what the socket holds already may still come. */
  pause(): void {
    if (!this.#ended && this.#error === undefined) this.#controller?.pause();
  }

  resume(): void {
    if (this.#controller?.paused) this.#controller.resume();
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
    this.resume();
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
    if (this.#sink !== undefined && this.#chunks.length === 0) {
      this.#sink.push(chunk);
      return;
    }
    if (this.#reader !== undefined) {
      this.#reader.resolve(chunk);
      this.#reader = undefined;
      return;
    }
    this.#chunks.push(chunk);
    // A sink takes it in its turn.
    if (this.#sink !== undefined) return;
    this.#unreadBytes += chunk.length;
    if (this.#unreadBytes >= pauseAboveBytes) this.#controller?.pause();
  }

  end(): void {
    this.#ended = true;
    this.#reader?.resolve(null);
    this.#reader = undefined;
    if (this.#chunks.length === 0) this.#sink?.end();
    this.onEnd();
  }

  fail(error: Error): void {
    if (this.#ended || this.#error !== undefined) return;
    this.#error = error;
    this.#reader?.reject(error);
    this.#reader = undefined;
    if (this.#chunks.length === 0) this.#sink?.fail(error);
    this.onEnd();
  }
}
