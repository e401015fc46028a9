import type { FollowUpKind } from '@troupe/contracts';
import type { Database } from '../database.js';
import { findDueFollowUps } from './claim-follow-ups.js';

export interface FollowUpPollOptions {
  database: Database;
  /** What to do with tasks of each kind that this process works on. */
  handlers: Partial<Record<FollowUpKind, (taskIds: string[]) => Promise<void>>>;
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
      for (const [kind, handle] of Object.entries(handlers)) {
        const taskIds = await findDueFollowUps(database, kind as FollowUpKind, BATCH);
        if (this.#stopped) return;
        if (taskIds.length > 0) await handle(taskIds).catch(onError);
      }
    } catch (error) {
      onError(error);
    } finally {
      if (!this.#stopped) this.start();
    }
  }
}
