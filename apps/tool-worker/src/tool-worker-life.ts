import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '@troupe/observability';
import type { ExecuteToolCall } from './execute-tool/execute-tool-call.js';

/** How often the worker looks for calls that nobody works on, in milliseconds; jitter keeps workers apart. */
const POLL_MS = 2_000;
/** Calls taken at one look; more are found at the next. */
const BATCH = 100;
/** Tools under way may use this much of a shutdown, in milliseconds. */
const GRACE_MS = 15_000;

/** The worker's own eyes, for calls whose job was lost or whose worker died; and its end, which waits for tools. */
export class ToolWorkerLife implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #executeToolCall: ExecuteToolCall;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(executeToolCall: ExecuteToolCall, logger: Logger) {
    this.#executeToolCall = executeToolCall;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    this.#timer = setTimeout(() => void this.#look(), POLL_MS * (0.5 + Math.random()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const limit = new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref());
    await Promise.race([this.#executeToolCall.idle(), limit]);
  }

  async #look(): Promise<void> {
    try {
      await this.#executeToolCall.recover(BATCH);
    } catch (error) {
      this.#logger.warn({ err: error }, 'could not look for due tool calls');
    } finally {
      if (!this.#stopped) this.onApplicationBootstrap();
    }
  }
}
