import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort, isFree } from './free-port.js';
import type { RunningService } from './running-service.js';

export interface KeptServiceOptions {
  name: string;
  start(port: number): Promise<RunningService>;
  onProgress(message: string): void;
}

/** Between the end of a service and its next start, in milliseconds: doubles from the first to the last. */
const FIRST_PAUSE_MS = 200;
const LAST_PAUSE_MS = 10_000;
/** How often a port may be taken by somebody else between its choice and its use. */
const PORT_ATTEMPTS = 3;

/** A service that is started again, on the same port and data, when it ends without having been told to. */
export class KeptService {
  readonly #options: KeptServiceOptions;
  readonly #stopping = new AbortController();
  #running: RunningService | undefined;
  #keeping: Promise<void> = Promise.resolve();

  constructor(options: KeptServiceOptions) {
    this.#options = options;
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** Answers the port: the preferred one where it is free. */
  async start(preferredPort?: number): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await findFreePort(preferredPort);
      try {
        const running = await this.#options.start(port);
        this.#running = running;
        this.#keeping = this.#keep(running, port);
        return port;
      } catch (error) {
        if (attempt === PORT_ATTEMPTS || (await isFree(port))) throw error;
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop();
    await this.#keeping;
  }

  async #keep(first: RunningService, port: number): Promise<void> {
    const { name, start, onProgress } = this.#options;
    let reason = await first.ended;
    let pause = FIRST_PAUSE_MS;
    while (!this.#stopping.signal.aborted) {
      this.#running = undefined;
      onProgress(`${name} ended (${reason}); starting it again`);
      await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      pause = Math.min(pause * 2, LAST_PAUSE_MS);
      try {
        const running = await start(port);
        this.#running = running;
        if (this.#stopping.signal.aborted) await running.stop();
        onProgress(`${name} runs again (process ${running.pid})`);
        pause = FIRST_PAUSE_MS;
        reason = await running.ended;
      } catch (error) {
        reason = (error as Error).message;
      }
    }
  }
}
