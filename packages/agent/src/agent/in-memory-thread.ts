import { textOf } from '@troupe/contracts';
import type { ModelMessage, ThreadSearchHit } from '@troupe/spec';
import type { Conversation, Exchange, SummarizedMessages } from './conversation.js';

interface StoredMessage extends ModelMessage {
  createdAt: string;
}

/** One conversation for as long as the process lives. */
export class InMemoryThread implements Conversation {
  readonly #messages: StoredMessage[];
  #summary: string | null = null;
  #summarized = 0;

  readonly #newId: () => string;
  #id: string | undefined;

  /** @param messages which it begins with */
  constructor(newId: () => string, messages: readonly StoredMessage[] = []) {
    this.#newId = newId;
    this.#messages = [...messages];
  }

  /** Made when it is first asked for: most of what it takes to create an agent would be spent on it. */
  get id(): string {
    this.#id ??= this.#newId();
    return this.#id;
  }

  get messages(): readonly ModelMessage[] {
    return this.#messages;
  }

  get summarized(): SummarizedMessages {
    return {
      summary: this.#summary,
      count: this.#summarized,
      messageCount: this.#messages.length,
      between: (start, end) => this.#messages.slice(start, end),
    };
  }

  async begin(): Promise<Exchange> {
    return {
      history: this.#messages,
      summary: this.#summary,
      unsummarized: this.#messages.length - this.#summarized,
      append: async (messages, now) => {
        const createdAt = now.toISOString();
        for (const { role, content } of messages) this.#messages.push({ role, content, createdAt });
      },
      end: async () => undefined,
    };
  }

  async summarize(text: string, covered: number): Promise<void> {
    this.#summary = text;
    this.#summarized = covered;
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
