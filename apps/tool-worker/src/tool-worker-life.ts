import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '@troupe/observability';
import type { ExecuteToolCall } from './execute-tool/execute-tool-call.js';
import type { ToolCallLeases } from './leases/tool-call-leases.js';

/** How often the worker looks for calls that nobody works on, in milliseconds; jitter keeps workers apart. */
const POLL_MS = 2_000;
/** The same while no jobs arrive. */
const OFFLINE_POLL_MS = 500;
/** Calls taken at one look; more are found at the next. */
const BATCH = 100;
/** Tools under way may use this much of a shutdown, in milliseconds; then those that may be sent again are handed back. */
const GRACE_MS = 12_000;
/** The others may use this much more; then nobody will know what they did. */
const EFFECT_GRACE_MS = 5_000;
/** Storing what became of them. */
const STORE_MS = 3_000;

export interface ToolWorkerLifeOptions {
  executeToolCall: ExecuteToolCall;
  leases: ToolCallLeases;
  leaseSeconds: number;
  /** How long tools may take to end by themselves in a shutdown, in milliseconds; 12,000 unless told otherwise. */
  graceMs?: number | undefined;
  /** Tool calls under way at once in this process. */
  concurrency: number;
  /** Whether jobs come through Redis now; while they do not, looking is all there is. */
  jobsArrive(): boolean;
  logger: Logger;
}

/** The worker's own eyes, for calls whose job was lost or whose worker died; and its end, which waits for tools. */
export class ToolWorkerLife implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #options: ToolWorkerLifeOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  /** When Postgres first answered after it last did not, by the monotonic clock in milliseconds; undefined while it does not. */
  #reachableSince: number | undefined;

  readonly #drained = Promise.withResolvers<void>();
  /** Resolves when nothing is under way any more. */
  readonly drained = this.#drained.promise;

  constructor(options: ToolWorkerLifeOptions) {
    this.#options = options;
  }

  onApplicationBootstrap(): void {
    this.#options.leases.start();
    this.#lookLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const { executeToolCall, leases, graceMs = GRACE_MS } = this.#options;
    this.#stopped = true;
    clearTimeout(this.#timer);
    executeToolCall.close();
    await executeToolCall.idle(graceMs);
    leases.drainRepeatable();
    await executeToolCall.idle(EFFECT_GRACE_MS);
    leases.drain();
    await executeToolCall.idle(STORE_MS);
    leases.stop();
    this.#drained.resolve();
  }

  #lookLater(): void {
    const pollMs = this.#options.jobsArrive() ? POLL_MS : OFFLINE_POLL_MS;
    this.#timer = setTimeout(() => void this.#look(), pollMs * (0.5 + Math.random()));
  }

  async #look(): Promise<void> {
    const { executeToolCall, concurrency, leaseSeconds, logger } = this.#options;
    try {
      const limit = Math.min(BATCH, concurrency - executeToolCall.size);
      const steadyMs = performance.now() - (this.#reachableSince ?? Number.POSITIVE_INFINITY);
      if (limit > 0) await executeToolCall.recover(limit, steadyMs > (leaseSeconds * 1_000) / 2);
      this.#reachableSince ??= performance.now();
    } catch (error) {
      this.#reachableSince = undefined;
      logger.warn({ err: error }, 'could not look for due tool calls');
    } finally {
      if (!this.#stopped) this.#lookLater();
    }
  }
}
