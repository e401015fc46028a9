import type { EventId, RunEventBody } from '@troupe/contracts';
import { failpoint } from '@troupe/failpoints';
import type { Redis } from 'ioredis';
import { encodeLiveBatch, frameEvents, liveChannel } from './live-batch.js';
import { RunLogWriter, type StoredEvents } from './run-log-writer.js';

export interface UnstoredBatch extends StoredEvents {
  runId: string;
  attempt: number;
}

export interface RunEventPublisherOptions {
  redis: Redis;
  /** Stores events of many runs at once. */
  store(batches: UnstoredBatch[]): Promise<void>;
  onError(error: unknown): void;
}

/**
 * Readers wait at most this long, in milliseconds, for a worker to gather the events of all its runs: text still seems to
 * flow at 20 pieces a second. A piece costs the same here, in Redis, in the gateway and in its reader whether it carries
 * one token or three, so hundreds of runs cost half of what they do at the pace of their models. What a reader waits
 * for most, the first piece of text and the end, never waits.
 */
const MAX_WINDOW_MS = 50;
/** Turns at once from which on gathering pays: up to here every event leaves at once. */
const IDLE_RUNS = 8;
/** So many turns more make the window a millisecond longer: it is longest from 160 on. */
const RUNS_PER_WINDOW_MS = 3;
/**
 * Events of a turn that goes on are stored when the oldest has waited this long: below 100 ms with the interval of the
 * looks, and so long that a short turn's events are stored by its commit alone. Milliseconds.
 */
const STORE_AFTER_MS = 75;
const STORE_INTERVAL_MS = 25;

/**
 * Where a worker's runs write their events. All runs of the process share one flush: at once when idle, every few
 * milliseconds under load, each time one round trip to Redis. Events that no commit has stored follow every 100 ms.
 */
export class RunEventPublisher {
  readonly #redis: Redis;
  readonly #store: RunEventPublisherOptions['store'];
  readonly #onError: RunEventPublisherOptions['onError'];
  readonly #open = new Set<RunLogWriter>();
  #waiting = new Set<RunLogWriter>();
  #scheduled = false;
  #storeTimer: NodeJS.Timeout | undefined;

  constructor(options: RunEventPublisherOptions) {
    this.#redis = options.redis;
    this.#store = options.store;
    this.#onError = options.onError;
  }

  /** Opens an attempt's log; close it when the attempt ends. */
  open(runId: string, attempt: number, after: EventId): RunLogWriter {
    const writer = new RunLogWriter({
      runId,
      attempt,
      after,
      onAppend: (changed, urgent) => this.#schedule(changed, urgent),
    });
    this.#open.add(writer);
    this.#storeTimer ??= setTimeout(() => this.#storeAll(), STORE_INTERVAL_MS);
    return writer;
  }

  close(writer: RunLogWriter): void {
    this.#open.delete(writer);
  }

  /**
   * Publishes one event that is stored already and belongs to no attempt of this process (a tool's result, a cancel). One
   * that opens an attempt follows an id that nobody has, so its readers look into the archive: nobody here knows what was
   * stored last before it, and what of that they have heard.
   */
  publishStored(runId: string, event: RunEventBody, id: EventId): void {
    const after = { attempt: id.attempt, n: id.n - 1 };
    const batch = { after, first: id, last: id, ...frameEvents([{ event, id }]) };
    if (this.#redis.status !== 'ready') return;
    this.#redis.publish(liveChannel(runId), encodeLiveBatch(batch)).catch(this.#onError);
  }

  #schedule(writer: RunLogWriter, urgent: boolean): void {
    const windowMs = windowFor(this.#open.size);
    if (urgent && windowMs > 0) {
      this.#publish([writer]);
      return;
    }
    this.#waiting.add(writer);
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (windowMs === 0) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), windowMs);
  }

  #flush(): void {
    this.#scheduled = false;
    const writers = this.#waiting;
    this.#waiting = new Set();
    this.#publish(writers);
  }

  #publish(writers: Iterable<RunLogWriter>): void {
    // Away: readers find the events in the archive. ioredis would queue them and send them late and out of date.
    const live = this.#redis.status === 'ready';
    const pipeline = this.#redis.pipeline();
    for (const writer of writers) {
      const batch = writer.takeBatch();
      if (batch && live) pipeline.publish(liveChannel(writer.runId), encodeLiveBatch(batch));
    }
    failpoint('events.before-publish');
    if (pipeline.length > 0) pipeline.exec().catch(this.#onError);
    failpoint('events.after-publish');
  }

  #storeAll(): void {
    this.#storeTimer = undefined;
    const batches: UnstoredBatch[] = [];
    const done = Promise.withResolvers<void>();
    for (const writer of this.#open) {
      if (!writer.isDue(STORE_AFTER_MS)) continue;
      writer.storeThrough((events) => {
        batches.push({ runId: writer.runId, attempt: writer.attempt, ...events });
        return done.promise;
      });
    }
    if (batches.length > 0) failpoint('events.before-store');
    const stored = batches.length > 0 ? this.#store(batches) : Promise.resolve();
    stored.then(
      () => {
        if (batches.length > 0) failpoint('events.after-store');
        done.resolve();
      },
      (error: unknown) => {
        this.#onError(error);
        done.reject(error);
      },
    );
    if (this.#open.size > 0) this.#storeTimer = setTimeout(() => this.#storeAll(), STORE_INTERVAL_MS);
  }
}

/** How long events are gathered while so many turns are under way, in milliseconds. */
function windowFor(runs: number): number {
  return Math.min(MAX_WINDOW_MS, Math.ceil(Math.max(0, runs - IDLE_RUNS) / RUNS_PER_WINDOW_MS));
}
