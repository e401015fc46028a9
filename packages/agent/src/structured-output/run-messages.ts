import type { ModelMessage } from '@troupe/spec';

/**
 * What a run adds to its thread, and what its model is shown of it. Refused answers and their corrections are shown for
 * the rest of the run and never join the thread: they are no part of the conversation.
 */
export class RunMessages {
  /** For the thread. */
  readonly added: ModelMessage[] = [];
  /** Follows the thread until the first refused answer; the memory strategy chooses from both. */
  readonly shown: ModelMessage[] = [];
  /** From the first refused answer on; shown whole, whatever the memory strategy keeps. */
  readonly tail: ModelMessage[] = [];

  add(message: ModelMessage): void {
    this.added.push(message);
    (this.tail.length > 0 ? this.tail : this.shown).push(message);
  }

  refuse(answer: ModelMessage, correction: ModelMessage): void {
    this.tail.push(answer, correction);
  }
}
