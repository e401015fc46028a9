import type { RunEvent, RunJob } from './run-job.js';

/** What waits to be sent, and where to. */
export interface GatheredEvent extends RunEvent {
  channel: string;
}

/** How long a text that is not its run's first waits for others, of this run and of all, in milliseconds. */
const WINDOW_MS = 5;

/**
 * Gathers what all runs of a worker have to tell, so that it leaves in one round trip. The first text of a run and its end
 * leave at the end of the event loop's turn, with everything that waits; the texts between within five milliseconds.
 */
export class EventGatherer {
  readonly #send: (events: GatheredEvent[]) => void;
  readonly #begun = new Set<string>();
  #waiting = new Map<string, GatheredEvent>();
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  constructor(send: (events: GatheredEvent[]) => void) {
    this.#send = send;
  }

  text(job: RunJob, text: string): void {
    this.#eventOf(job).texts.push(text);
    if (this.#begun.has(job.run)) {
      this.#timer ??= setTimeout(() => this.#flush(), WINDOW_MS);
    } else {
      this.#begun.add(job.run);
      this.#flushSoon();
    }
  }

  end(job: RunJob, end: { error?: string }): void {
    this.#eventOf(job).end = end;
    this.#begun.delete(job.run);
    this.#flushSoon();
  }

  #eventOf({ run, channel }: RunJob): GatheredEvent {
    let event = this.#waiting.get(run);
    if (event === undefined) {
      event = { run, channel, texts: [] };
      this.#waiting.set(run, event);
    }
    return event;
  }

  #flushSoon(): void {
    this.#immediate ??= setImmediate(() => this.#flush());
  }

  #flush(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
    const events = [...this.#waiting.values()];
    this.#waiting = new Map();
    if (events.length > 0) this.#send(events);
  }
}
