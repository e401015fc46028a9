import type { Limits } from './limits.js';
import { Sustained } from './sustained.js';

export interface ProcessLoadOptions {
  limits: Pick<Limits, 'connectionWaitMs' | 'eventLoopDelayMs'>;
  /** How long the oldest of those who wait for a connection to Postgres has waited, in milliseconds. */
  connectionWaitMs(): number;
}

/**
 * How often it is measured, in milliseconds. By a timer of our own: `monitorEventLoopDelay` leaves out the first delay
 * after each reset, so a process that hangs for a second at a time looks idle to it.
 */
const SAMPLE_MS = 50;
const WINDOW_MS = 1_000;

/**
 * Slow seconds in a row that make an overload. One is a burst being taken in, a collection of garbage or a neighbour on
 * the machine. Who waits for a connection gives up after five seconds, so that counts sooner.
 */
const SLOW_SECONDS = { eventLoop: 5, connections: 3 };

/** Watches how late this process gets to its work, and how long its requests wait for a connection to Postgres. */
export class ProcessLoad {
  readonly #connectionWaitMs: () => number;
  readonly #eventLoop: Sustained;
  readonly #connections: Sustained;
  #timer: NodeJS.Timeout | undefined;
  #sampledAt = 0;
  #windowEndsAt = 0;
  /** The longest delay of the second that is open. */
  #delayMs = 0;
  /** The shortest wait of the second that is open: a queue that is empty in between is none. */
  #waitMs = Number.POSITIVE_INFINITY;

  constructor({ limits, connectionWaitMs }: ProcessLoadOptions) {
    this.#connectionWaitMs = connectionWaitMs;
    this.#eventLoop = new Sustained({ limit: limits.eventLoopDelayMs, seconds: SLOW_SECONDS.eventLoop });
    this.#connections = new Sustained({ limit: limits.connectionWaitMs, seconds: SLOW_SECONDS.connections });
  }

  start(): void {
    this.#sampledAt = performance.now();
    this.#windowEndsAt = this.#sampledAt + WINDOW_MS;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** How late the event loop is, in milliseconds; undefined while that is no overload. */
  get eventLoopDelayMs(): number | undefined {
    return this.#eventLoop.reached ? this.#eventLoop.last : undefined;
  }

  /** How long connections are waited for, in milliseconds; undefined while that is no overload. */
  get connectionWaitMs(): number | undefined {
    return this.#connections.reached ? this.#connections.last : undefined;
  }

  #sample(): void {
    const now = performance.now();
    this.#delayMs = Math.max(this.#delayMs, now - this.#sampledAt - SAMPLE_MS);
    this.#waitMs = Math.min(this.#waitMs, this.#connectionWaitMs());
    this.#sampledAt = now;
    if (now < this.#windowEndsAt) return;
    this.#eventLoop.add(this.#delayMs);
    this.#connections.add(this.#waitMs);
    this.#delayMs = 0;
    this.#waitMs = Number.POSITIVE_INFINITY;
    this.#windowEndsAt = now + WINDOW_MS;
  }
}
