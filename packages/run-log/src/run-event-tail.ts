import { compareEventIds, type EventId } from '@troupe/contracts';
import type { RunEventArchive } from '@troupe/spec';
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
  archive: RunEventArchive;
  after: EventId;
  fresh?: boolean;
  ended?: boolean;
  /** How long nothing may arrive before the archive is asked, in milliseconds. */
  pollMs(): number;
  onChunk(chunk: RunEventChunk): void;
  onError(error: unknown): void;
}

/** Live batches that a reader may hold back while the archive is behind; more are dropped and read again from there. */
const MAX_HELD_BATCHES = 1_000;
/** Workers store events every 100 ms at most, so a gap that the archive cannot fill yet closes within this. */
const GAP_RETRY_MS = 50;

/**
 * One reader of one run's log. Live batches pass when they continue the cursor; a batch that starts later than the
 * cursor waits until the archive has filled the gap. Every event is given out once and in order.
 */
export class RunEventTail {
  readonly #options: RunEventTailOptions;
  #cursor: EventId;
  #held: LiveBatch[] = [];
  #reading = false;
  #readAgain = false;
  #started = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RunEventTailOptions) {
    this.#options = options;
    this.#cursor = options.after;
  }

  start(): void {
    this.#started = true;
    if (this.#options.fresh) this.#drain();
    else this.catchUp();
    this.#arm(this.#options.pollMs());
  }

  receive(batch: LiveBatch): void {
    if (this.#closed || compareEventIds(batch.last, this.#cursor) <= 0) return;
    if (this.#held.length < MAX_HELD_BATCHES) this.#held.push(batch);
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
    this.#options.archive
      .read(this.#options.runId, this.#cursor)
      .then((events) => {
        const last = events.at(-1)?.id;
        if (last && !this.#closed)
          this.#give({ ...frameEvents(events.map((event) => ({ event, id: event.id }))), last });
        // A reader who has the terminal event already, or names one beyond it, waits for nothing.
        if (this.#options.ended && !this.#closed) this.#give({ frames: '', last: this.#cursor, terminal: true });
      })
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
    clearTimeout(this.#timer);
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
        this.#give(this.#unseenOf(batch));
      }
      this.#held.shift();
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

  #give(chunk: RunEventChunk): void {
    this.#cursor = chunk.last;
    this.#options.onChunk(chunk);
    if (chunk.terminal) this.close();
  }

  /** (Re)starts the clock of the next look into the archive. */
  #arm(delayMs: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.catchUp(), delayMs);
  }
}
