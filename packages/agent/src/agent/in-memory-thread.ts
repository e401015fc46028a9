import { textOf } from '@troupe/contracts';
import type { ModelMessage, ThreadSearch, ThreadSearchHit } from '@troupe/spec';

interface StoredMessage extends ModelMessage {
  createdAt: string;
}

/** One conversation for as long as the process lives. */
export class InMemoryThread implements ThreadSearch {
  readonly #messages: StoredMessage[] = [];

  constructor(readonly id: string) {}

  /** Oldest first. */
  get messages(): readonly ModelMessage[] {
    return this.#messages;
  }

  append(messages: readonly ModelMessage[], now: Date): void {
    const createdAt = now.toISOString();
    for (const message of messages) this.#messages.push({ ...message, createdAt });
  }

  async search(_scope: { threadId: string }, query: string, limit: number): Promise<ThreadSearchHit[]> {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return this.#messages
      .toReversed()
      .map(({ role, content, createdAt }) => ({ role, text: textOf(content), createdAt }))
      .filter(({ text }) => text !== '' && words.every((word) => text.toLowerCase().includes(word)))
      .slice(0, limit);
  }
}
