import { compareEventIds, type EventId } from '@troupe/contracts';
import type { RunLogCursor, RunLogPage } from '@troupe/spec';
import { frameEvents, type LiveBatch } from './live-batch.js';
import { parseFrames } from './parse-frames.js';

/** A piece of a run's log as it goes to a reader. */
export interface RunEventChunk {
  frames: string;
  last: EventId;
  /** The log ends here; nothing follows. */
  terminal: boolean;
}

export interface RunEventTailOptions {
  runId: string;
  /** Reads what is stored after the cursor, a page at a time. */
  read(cursor: RunLogCursor): Promise<RunLogPage>;
  after: EventId;
  fresh?: boolean;
  /** How long nothing may arrive before the archive is asked, in milliseconds. */
  pollMs(): number;
  /** Stored events wait for what it returns before more of them are read; live ones do not. */
  onChunk(chunk: RunEventChunk): void | Promise<void>;
  onError(error: unknown): void;
}

/** Live frames, in characters, that a reader may hold back while the archive is behind; more are dropped and read from there. */
const MAX_HELD_LENGTH = 64 * 1024;
/** Workers store events every 100 ms at most, so a gap that the archive cannot fill yet closes within this. */
const GAP_RETRY_MS = 50;

/**
 * One reader of one run's log. Live batches pass when they continue the cursor; a batch that starts later than the
 * cursor waits until the archive has filled the gap. Every event is given out once and in order. A reader whose cursor
 * lies beyond the log gets what comes after it, and the end with everybody else.
 */
export class RunEventTail {
  readonly #options: RunEventTailOptions;
  #cursor: EventId;
  #held: LiveBatch[] = [];
  #heldLength = 0;
  #reading = false;
  #readAgain = false;
  #started = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #delayMs = 0;

  constructor(options: RunEventTailOptions) {
    this.#options = options;
    this.#cursor = options.after;
  }

  start(): void {
    this.#started = true;
    if (this.#options.fresh) this.#drain();
    else this.catchUp();
  }

  receive(batch: LiveBatch): void {
    if (this.#closed) return;
    const seen = compareEventIds(batch.last, this.#cursor) <= 0;
    if (seen && !batch.terminal) return;
    if (this.#heldLength > MAX_HELD_LENGTH) return;
    this.#held.push(batch);
    this.#heldLength += batch.frames.length;
    if (this.#started && !this.#reading) this.#drain();
  }

  /** Reads the archive from the cursor on, then what is held. */
  catchUp(): void {
    if (this.#closed) return;
    if (this.#reading) {
      this.#readAgain = true;
      return;
    }
    this.#reading = true;
    this.#disarm();
    this.#readToEnd()
      .catch((error: unknown) => this.#options.onError(error))
      .finally(() => {
        this.#reading = false;
        const again = this.#readAgain;
        this.#readAgain = false;
        if (again) this.catchUp();
        else this.#drain();
      });
  }

  close(): void {
    this.#closed = true;
    this.#held = [];
    this.#disarm();
  }

  async #readToEnd(): Promise<void> {
    for (let more = true; more && !this.#closed; ) {
      const page = await this.#options.read({ runId: this.#options.runId, after: this.#cursor });
      if (this.#closed) return;
      const last = page.events.at(-1)?.id;
      more = page.more && last !== undefined;
      if (last) await this.#give({ ...frameEvents(page.events.map((event) => ({ event, id: event.id }))), last });
      // A reader who has the terminal event already, or names one beyond it, waits for nothing.
      if (page.ended && !more && !this.#closed) await this.#give({ frames: '', last: this.#cursor, terminal: true });
    }
  }

  #drain(): void {
    while (!this.#closed) {
      const batch = this.#held[0];
      if (!batch) break;
      if (compareEventIds(batch.last, this.#cursor) > 0) {
        if (compareEventIds(batch.after, this.#cursor) > 0) {
          this.#arm(GAP_RETRY_MS);
          return;
        }
        this.#giveLive(this.#unseenOf(batch));
      } else if (batch.terminal) {
        this.#giveLive({ frames: '', last: this.#cursor, terminal: true });
      }
      this.#held.shift();
      this.#heldLength -= batch.frames.length;
    }
    this.#arm(this.#options.pollMs());
  }

  /** The part of a batch after the cursor: nearly always all of it. */
  #unseenOf(batch: LiveBatch): RunEventChunk {
    const { frames, last, terminal } = batch;
    if (compareEventIds(batch.first, this.#cursor) > 0) return { frames, last, terminal };
    const unseen = parseFrames(frames).filter((event) => compareEventIds(event.id, this.#cursor) > 0);
    return { ...frameEvents(unseen.map((event) => ({ event, id: event.id }))), last };
  }

  /** Live events come at the pace of a model; a reader too slow for that is cut off by its own bound. */
  #giveLive(chunk: RunEventChunk): void {
    void this.#give(chunk);
  }

  #give(chunk: RunEventChunk): void | Promise<void> {
    this.#cursor = chunk.last;
    const taken = this.#options.onChunk(chunk);
    if (chunk.terminal) this.close();
    return taken;
  }

  /** (Re)starts the clock of the next look into the archive: for each batch, so the clock at hand is used where it can be. */
  #arm(delayMs: number): void {
    if (this.#closed) return;
    if (this.#timer && this.#delayMs === delayMs) {
      this.#timer.refresh();
      return;
    }
    clearTimeout(this.#timer);
    this.#delayMs = delayMs;
    this.#timer = setTimeout(() => this.catchUp(), delayMs);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
