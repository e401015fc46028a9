import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '@troupe/observability';
import type { ExecuteToolCall } from './execute-tool/execute-tool-call.js';

/** How often the worker looks for calls that nobody works on, in milliseconds; jitter keeps workers apart. */
const POLL_MS = 2_000;
/** The same while no jobs arrive. */
const OFFLINE_POLL_MS = 500;
/** Calls taken at one look; more are found at the next. */
const BATCH = 100;
/** Tools under way may use this much of a shutdown, in milliseconds. */
const GRACE_MS = 15_000;

export interface ToolWorkerLifeOptions {
  executeToolCall: ExecuteToolCall;
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

  constructor(options: ToolWorkerLifeOptions) {
    this.#options = options;
  }

  onApplicationBootstrap(): void {
    const pollMs = this.#options.jobsArrive() ? POLL_MS : OFFLINE_POLL_MS;
    this.#timer = setTimeout(() => void this.#look(), pollMs * (0.5 + Math.random()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const limit = new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref());
    await Promise.race([this.#options.executeToolCall.idle(), limit]);
  }

  async #look(): Promise<void> {
    const { executeToolCall, concurrency, logger } = this.#options;
    try {
      const limit = Math.min(BATCH, concurrency - executeToolCall.size);
      if (limit > 0) await executeToolCall.recover(limit);
    } catch (error) {
      logger.warn({ err: error }, 'could not look for due tool calls');
    } finally {
      if (!this.#stopped) this.onApplicationBootstrap();
    }
  }
}
