import type { EventId } from '@troupe/contracts';
import type { RunEventArchive } from '@troupe/spec';
import type { Redis } from 'ioredis';
import { decodeLiveBatch, liveChannel } from './live-batch.js';
import { type RunEventChunk, RunEventTail } from './run-event-tail.js';

export interface RunEventHubOptions {
  /** A connection of its own: it is in subscriber mode for good. One serves all readers of the process. */
  subscriber: Redis;
  archive: RunEventArchive;
}

/** A reader to whom nothing arrives asks the archive this often: covers a publish that was lost. */
const QUIET_POLL_MS = 5_000;
/** The same while Redis is away and the archive is all there is. */
const OFFLINE_POLL_MS = 500;
/** A Redis that does not answer within this does not hold up a reader: the archive is polled. Milliseconds. */
const SUBSCRIBE_WITHIN_MS = 1_000;

export interface FollowOptions {
  /** The last event the reader has. */
  after: EventId;
  /** The run is not stored yet, so there is nothing to read before live events: saves the first read. */
  fresh?: boolean;
  /** The run has ended, so all of its log is in the archive: after it follows a terminal chunk, without frames if need be. */
  ended?: boolean;
  onChunk(chunk: RunEventChunk): void;
  /** The archive cannot be read for now; reading goes on. */
  onError(error: unknown): void;
}

export interface Following {
  /** Resolves when live events can no longer be missed (or Redis is away and polling covers them). */
  ready: Promise<void>;
  close(): void;
}

/** Where a process follows the logs of runs. */
export class RunEventHub {
  readonly #subscriber: Redis;
  readonly #archive: RunEventArchive;
  readonly #tails = new Map<string, Set<RunEventTail>>();
  /** Whether live events can be counted on; a Redis that accepts connections and says nothing cannot. */
  #live: boolean;

  constructor(options: RunEventHubOptions) {
    this.#subscriber = options.subscriber;
    this.#archive = options.archive;
    this.#subscriber.on('message', (channel: string, message: string) => this.#deliver(channel, message));
    // After a reconnect ioredis subscribes again by itself; what was published in between is in the archive.
    this.#subscriber.on('ready', () => {
      this.#live = true;
      this.#catchUp();
    });
    this.#subscriber.on('close', () => this.#goOffline());
    this.#live = this.#subscriber.status === 'ready';
  }

  /** Number of logs that are followed now. */
  get size(): number {
    return this.#tails.size;
  }

  /** Subscribes first, then reads the archive from the cursor, then drains what arrived meanwhile. */
  follow(runId: string, options: FollowOptions): Following {
    const channel = liveChannel(runId);
    const pollMs = () => (this.#live ? QUIET_POLL_MS : OFFLINE_POLL_MS);
    const tail = new RunEventTail({ runId, archive: this.#archive, pollMs, ...options });
    const tails = this.#tails.get(channel);
    const subscribed = tails ? Promise.resolve() : this.#subscribe(channel);
    if (tails) tails.add(tail);
    else this.#tails.set(channel, new Set([tail]));
    return {
      ready: subscribed.then(() => tail.start()),
      close: () => this.#close(channel, tail),
    };
  }

  async #subscribe(channel: string): Promise<void> {
    if (this.#subscriber.status !== 'ready') return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#goOffline();
      late.resolve();
    }, SUBSCRIBE_WITHIN_MS);
    const subscribed = this.#subscriber.subscribe(channel).then(
      () => {
        this.#live = true;
      },
      () => undefined,
    );
    await Promise.race([subscribed, late.promise]);
    clearTimeout(timer);
  }

  /** Readers whose clock was set to wait for live events look into the archive now, and soon again. */
  #goOffline(): void {
    if (!this.#live) return;
    this.#live = false;
    for (const tails of this.#tails.values()) for (const tail of tails) tail.catchUp();
  }

  #deliver(channel: string, message: string): void {
    const tails = this.#tails.get(channel);
    const batch = tails && decodeLiveBatch(message);
    if (batch) for (const tail of tails) tail.receive(batch);
  }

  #catchUp(): void {
    for (const [channel, tails] of this.#tails) {
      void this.#subscribe(channel);
      for (const tail of tails) tail.catchUp();
    }
  }

  #close(channel: string, tail: RunEventTail): void {
    tail.close();
    const tails = this.#tails.get(channel);
    if (!tails?.delete(tail) || tails.size > 0) return;
    this.#tails.delete(channel);
    if (this.#subscriber.status === 'ready') this.#subscriber.unsubscribe(channel).catch(() => undefined);
  }
}
