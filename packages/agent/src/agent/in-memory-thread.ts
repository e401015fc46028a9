import { textOf } from '@troupe/contracts';
import type { ModelMessage, ThreadSearch, ThreadSearchHit } from '@troupe/spec';

interface StoredMessage extends ModelMessage {
  createdAt: string;
}

/** One conversation for as long as the process lives. */
export class InMemoryThread implements ThreadSearch {
  readonly #messages: StoredMessage[] = [];
  #summary: string | null = null;
  #summarized = 0;

  readonly #newId: () => string;
  #id: string | undefined;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  /** Made when it is first asked for: most of what it takes to create an agent would be spent on it. */
  get id(): string {
    this.#id ??= this.#newId();
    return this.#id;
  }

  /** Oldest first. */
  get messages(): readonly ModelMessage[] {
    return this.#messages;
  }

  /** What happened in the messages that it covers; null while there is none. */
  get summary(): string | null {
    return this.#summary;
  }

  /** How many of the oldest messages the summary covers. */
  get summarized(): number {
    return this.#summarized;
  }

  get unsummarized(): number {
    return this.#messages.length - this.#summarized;
  }

  /** @param covered how many of the oldest messages the summary tells of */
  summarize(summary: string, covered: number): void {
    this.#summary = summary;
    this.#summarized = covered;
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
