import type { ModelMessage } from '@troupe/spec';

/**
 * What a run adds to its thread, and what its model is shown of it. Refused answers and their corrections are shown until
 * the model gives an answer that is kept, and never join the thread: they are no part of the conversation.
 */
export class RunMessages {
  /** For the thread; the memory strategy chooses from these too. */
  readonly added: ModelMessage[] = [];
  /** Refused answers of the turn under way; shown whole, whatever the memory strategy keeps. */
  readonly tail: ModelMessage[] = [];

  add(message: ModelMessage): void {
    this.added.push(message);
    this.tail.length = 0;
  }

  /** What was added, as guardrails of who speaks now let it be kept. */
  replace(added: readonly ModelMessage[]): void {
    if (added !== this.added) this.added.splice(0, this.added.length, ...added);
  }

  refuse(answer: ModelMessage, correction: ModelMessage): void {
    this.tail.push(answer, correction);
  }
}
