import type { ServerResponse } from 'node:http';

/**
 * What may gather in memory for a reader that is slow, in bytes; a reader beyond it is cut off and resumes by event id.
 * One piece that finds nobody waiting is let through whole, however large: the log of a long run is read at once.
 */
const MAX_WAITING_BYTES = 256 * 1024;

/** A source that can wait waits this long for a reader who takes nothing; then the reader is cut off. Milliseconds. */
const STALLED_AFTER_MS = 60_000;

/** The body of one response of server-sent events. */
export class EventStream {
  readonly #raw: ServerResponse;
  /** Bytes that waited after the last piece that found nothing waiting. */
  #letThrough = 0;
  #drained: Promise<void> | undefined;

  constructor(raw: ServerResponse) {
    this.#raw = raw;
  }

  /** Whether nothing can be sent any more. */
  get closed(): boolean {
    return this.#raw.writableEnded || this.#raw.destroyed;
  }

  /** Told at once where the reader left before this stream was made: that is not announced again. */
  onClose(listener: () => void): void {
    if (this.#raw.closed) listener();
    else this.#raw.once('close', listener);
  }

  /** Sends frames as they are; never waits. */
  send(frames: string): void {
    if (this.closed) return;
    const nothingWaits = this.#raw.writableLength === 0;
    this.#raw.write(frames);
    if (nothingWaits) this.#letThrough = this.#raw.writableLength;
    else if (this.#raw.writableLength > this.#letThrough + MAX_WAITING_BYTES) this.#raw.destroy();
  }

  /** Resolves when the reader has taken most of what was sent: for sources that can wait. */
  async drained(): Promise<void> {
    if (!this.#raw.writableNeedDrain || this.closed) return;
    this.#drained ??= this.#untilDrained();
    await this.#drained;
  }

  end(frames = ''): void {
    if (!this.closed) this.#raw.end(frames);
  }

  async #untilDrained(): Promise<void> {
    const drained = Promise.withResolvers<void>();
    const stalled = setTimeout(() => this.#raw.destroy(), STALLED_AFTER_MS);
    for (const event of ['drain', 'close']) this.#raw.once(event, drained.resolve);
    await drained.promise;
    for (const event of ['drain', 'close']) this.#raw.off(event, drained.resolve);
    clearTimeout(stalled);
    this.#drained = undefined;
  }
}
