import type { FollowUpKind } from '@troupe/contracts';
import type { Database } from '../database.js';
import { findDueFollowUps } from './claim-follow-up.js';

export interface FollowUpPollOptions {
  database: Database;
  /** What to do with a task of each kind that this process works on. */
  handlers: Partial<Record<FollowUpKind, (taskId: string) => Promise<void>>>;
  onError(error: unknown): void;
}

/** How often tasks whose job was lost are looked for, in milliseconds; nobody waits for them. */
const POLL_MS = 5_000;
const BATCH = 20;

/** A worker's own look for tasks that nobody works on. Any number of processes may look; the claim decides. */
export class FollowUpPoll {
  readonly #options: FollowUpPollOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: FollowUpPollOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#look(), POLL_MS * (0.5 + Math.random()));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { database, handlers, onError } = this.#options;
    try {
      const kinds = Object.keys(handlers) as FollowUpKind[];
      for (const { id, kind } of await findDueFollowUps(database, kinds, BATCH)) {
        if (this.#stopped) return;
        await handlers[kind]?.(id).catch(onError);
      }
    } catch (error) {
      onError(error);
    } finally {
      if (!this.#stopped) this.start();
    }
  }
}
