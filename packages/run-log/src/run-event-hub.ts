import type { EventId } from '@troupe/contracts';
import type { RunEventArchive, RunLogCursor } from '@troupe/spec';
import type { Redis } from 'ioredis';
import { GatheredReads } from './gathered-reads.js';
import { decodeLiveBatch, liveChannel } from './live-batch.js';
import { LiveChannels } from './live-channels.js';
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

export interface FollowOptions {
  /** The last event the reader has. */
  after: EventId;
  /** The run is not stored yet, so there is nothing to read before live events: saves the first read. */
  fresh?: boolean;
  /**
   * The last chunk is terminal, without frames if need be. What is returned for stored events is waited for before more
   * of them are read, so that a long log is never in memory for a slow reader; live events do not wait.
   */
  onChunk(chunk: RunEventChunk): void | Promise<void>;
  /** The archive cannot be read for now; reading goes on. */
  onError(error: unknown): void;
}

export interface Following {
  /** Resolves when live events can no longer be missed (or Redis is away and polling covers them). */
  ready: Promise<void>;
  close(): void;
}

/** A log that is followed here. */
interface FollowedLog {
  tails: Set<RunEventTail>;
  /** Resolves as `Following.ready` does. */
  subscribed: Promise<void>;
}

/** Where a process follows the logs of runs. */
export class RunEventHub {
  readonly #channels: LiveChannels;
  readonly #reads: GatheredReads;
  readonly #logs = new Map<string, FollowedLog>();
  /** Whether live events can be counted on; a Redis that accepts connections and says nothing cannot. */
  #live: boolean;

  readonly #read = (cursor: RunLogCursor) => this.#reads.read(cursor);
  readonly #pollMs = () => (this.#live ? QUIET_POLL_MS : OFFLINE_POLL_MS);

  constructor(options: RunEventHubOptions) {
    const { subscriber, archive } = options;
    this.#reads = new GatheredReads(archive);
    this.#channels = new LiveChannels({
      subscriber,
      onAnswer: () => {
        this.#live = true;
      },
      onSilence: () => this.#goOffline(),
    });
    subscriber.on('message', (channel: string, message: string) => this.#deliver(channel, message));
    subscriber.on('ready', () => {
      this.#live = true;
      void this.#catchUp();
    });
    subscriber.on('close', () => this.#goOffline());
    this.#live = subscriber.status === 'ready';
  }

  /** Number of logs that are followed now. */
  get size(): number {
    return this.#logs.size;
  }

  /** Subscribes first, then reads the archive from the cursor, then drains what arrived meanwhile. */
  follow(runId: string, options: FollowOptions): Following {
    const channel = liveChannel(runId);
    const tail = new RunEventTail({ runId, read: this.#read, pollMs: this.#pollMs, ...options });
    let log = this.#logs.get(channel);
    if (!log) {
      log = { tails: new Set(), subscribed: this.#channels.join(channel) };
      this.#logs.set(channel, log);
    }
    log.tails.add(tail);
    return {
      ready: log.subscribed.then(() => tail.start()),
      close: () => this.#close(channel, tail),
    };
  }

  /** Readers whose clock was set to wait for live events look into the archive now, and soon again. */
  #goOffline(): void {
    if (!this.#live) return;
    this.#live = false;
    for (const { tails } of this.#logs.values()) for (const tail of tails) tail.catchUp();
  }

  #deliver(channel: string, message: string): void {
    const log = this.#logs.get(channel);
    const batch = log && decodeLiveBatch(message);
    if (batch) for (const tail of log.tails) tail.receive(batch);
  }

  /** After a reconnect: subscribes before it reads, as `follow` does; what was published in between is in the archive. */
  async #catchUp(): Promise<void> {
    const channels = [...this.#logs.keys()];
    await Promise.all(channels.map((channel) => this.#channels.join(channel)));
    for (const channel of channels) for (const tail of this.#logs.get(channel)?.tails ?? []) tail.catchUp();
  }

  #close(channel: string, tail: RunEventTail): void {
    tail.close();
    const log = this.#logs.get(channel);
    if (!log?.tails.delete(tail) || log.tails.size > 0) return;
    this.#logs.delete(channel);
    this.#channels.leave(channel);
  }
}
