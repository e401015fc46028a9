import { type EventId, isTerminalEvent, type RunEventBody } from '@troupe/contracts';
import { frameEvent, type LiveBatch } from './live-batch.js';

/** Events of one attempt that follow each other. */
export interface StoredEvents {
  firstN: number;
  events: RunEventBody[];
}

/** One attempt's pen: numbers its events and keeps what was not yet published and not yet stored. */
export class RunLogWriter {
  readonly runId: string;
  readonly attempt: number;
  readonly #onAppend: (writer: RunLogWriter, urgent: boolean) => void;
  /** Whether the first piece of text has gone out: somebody waits for that one more than for any other. */
  #spoke = false;
  #after: EventId;
  #frames = '';
  #unpublishedFirst = 1;
  #terminal = false;
  #nextN = 1;
  #unstored: RunEventBody[] = [];
  #unstoredFirst = 1;
  /** Since when the oldest unstored event waits, by the monotonic clock in milliseconds. */
  #unstoredSince = 0;
  #storing: Promise<void> | undefined;

  /** `after` is the last event that is committed: what a reader must have before the first one written here. */
  constructor(options: {
    runId: string;
    attempt: number;
    after: EventId;
    onAppend: (writer: RunLogWriter, urgent: boolean) => void;
  }) {
    this.runId = options.runId;
    this.attempt = options.attempt;
    this.#after = options.after;
    this.#onAppend = options.onAppend;
  }

  /** Adds an event that readers may see at once, before its step is committed. */
  append(event: RunEventBody): void {
    this.#publishLater(event);
    if (this.#unstored.push(event) === 1) this.#unstoredSince = performance.now();
    const first = !this.#spoke && event.type === 'text.delta';
    if (first) this.#spoke = true;
    this.#onAppend(this, first);
  }

  /** Adds events that are stored already: they were part of the step's commit. */
  appendStored(events: readonly RunEventBody[]): void {
    for (const event of events) this.#publishLater(event);
    // The end of a log ends its readers' wait.
    this.#onAppend(this, this.#terminal);
  }

  /** What waits for publishing, as one batch; undefined when nothing does. */
  takeBatch(): LiveBatch | undefined {
    if (this.#frames === '') return undefined;
    const last = { attempt: this.attempt, n: this.#nextN - 1 };
    const batch: LiveBatch = {
      after: this.#after,
      first: { attempt: this.attempt, n: this.#unpublishedFirst },
      last,
      terminal: this.#terminal,
      frames: this.#frames,
    };
    this.#after = last;
    this.#frames = '';
    this.#unpublishedFirst = this.#nextN;
    return batch;
  }

  /** Hands over what is not stored yet; the commit of the step stores it. Waits for a store that is under way. */
  async takeUnstored(): Promise<StoredEvents> {
    await this.#storing;
    return this.#take();
  }

  /** Whether an event has waited for so many milliseconds, and nothing is being stored. */
  isDue(waitedMs: number): boolean {
    if (this.#storing || this.#unstored.length === 0) return false;
    return performance.now() - this.#unstoredSince >= waitedMs;
  }

  /** Stores what is not stored yet through `store`; when that fails, the events wait for the next time. */
  storeThrough(store: (events: StoredEvents) => Promise<void>): void {
    const taken = this.#take();
    this.#storing = store(taken)
      .catch(() => {
        this.#unstored = [...taken.events, ...this.#unstored];
        this.#unstoredFirst = taken.firstN;
      })
      .finally(() => {
        this.#storing = undefined;
      });
  }

  #take(): StoredEvents {
    const taken = { firstN: this.#unstoredFirst, events: this.#unstored };
    this.#unstoredFirst += this.#unstored.length;
    this.#unstored = [];
    return taken;
  }

  #publishLater(event: RunEventBody): void {
    this.#frames += frameEvent(event, { attempt: this.attempt, n: this.#nextN });
    this.#nextN += 1;
    this.#terminal ||= isTerminalEvent(event.type);
  }
}
