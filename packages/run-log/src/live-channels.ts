import type { Redis } from 'ioredis';

export interface LiveChannelsOptions {
  subscriber: Redis;
  /** Redis answered. */
  onAnswer(): void;
  /** It did not, for so long that nobody should wait for it. */
  onSilence(): void;
}

/** A Redis that does not answer within this does not hold up a reader: the archive is polled. Milliseconds. */
const SUBSCRIBE_WITHIN_MS = 1_000;
/** Nothing comes any more on the channel of a run that has ended, so those that are left may gather. Milliseconds. */
export const LEAVE_EVERY_MS = 100;
/** Channels of one command. */
const MAX_CHANNELS = 500;

interface Joining extends PromiseWithResolvers<void> {
  channels: string[];
}

/**
 * The channels that a process listens to. Each run joins one and leaves it, and a command of its own would be a write, a
 * wake-up of Redis and a read of the answer: those who join in the same moment share a command, and those who leave
 * within a tenth of a second.
 */
export class LiveChannels {
  readonly #options: LiveChannelsOptions;
  #joining: Joining | undefined;
  readonly #left = new Set<string>();

  constructor(options: LiveChannelsOptions) {
    this.#options = options;
  }

  /** Resolves when nothing can be missed on that channel any more, or Redis is away. */
  join(channel: string): Promise<void> {
    this.#left.delete(channel);
    if (!this.#joining) {
      this.#joining = { channels: [], ...Promise.withResolvers<void>() };
      setImmediate(() => this.#joinAll());
    }
    this.#joining.channels.push(channel);
    return this.#joining.promise;
  }

  /** Some messages may still come on it. */
  leave(channel: string): void {
    if (this.#left.size === 0) setTimeout(() => this.#leaveAll(), LEAVE_EVERY_MS).unref();
    this.#left.add(channel);
  }

  #joinAll(): void {
    if (!this.#joining) return;
    const { channels, resolve } = this.#joining;
    this.#joining = undefined;
    void Promise.all(inCommands(channels).map((some) => this.#subscribe(some))).then(() => resolve());
  }

  async #subscribe(channels: string[]): Promise<void> {
    const { subscriber, onAnswer, onSilence } = this.#options;
    if (subscriber.status !== 'ready') return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      onSilence();
      late.resolve();
    }, SUBSCRIBE_WITHIN_MS);
    await Promise.race([subscriber.subscribe(...channels).then(onAnswer, () => undefined), late.promise]);
    clearTimeout(timer);
  }

  #leaveAll(): void {
    const { subscriber } = this.#options;
    // One that was joined and left in this very moment must not be joined after it was left.
    this.#joinAll();
    const channels = [...this.#left];
    this.#left.clear();
    if (subscriber.status !== 'ready') return;
    for (const some of inCommands(channels)) subscriber.unsubscribe(...some).catch(() => undefined);
  }
}

function inCommands(channels: readonly string[]): string[][] {
  const commands: string[][] = [];
  for (let from = 0; from < channels.length; from += MAX_CHANNELS) {
    commands.push(channels.slice(from, from + MAX_CHANNELS));
  }
  return commands;
}
