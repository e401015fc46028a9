import type { ModelMessage, ThreadAuth, ThreadSearchHit, ThreadStore } from '@troupe/spec';
import type { HistoryMessage } from '../history/history-message.js';
import type { SignedMessage } from './authors.js';
import type { Conversation, Exchange, SummarizedMessages } from './conversation.js';
import { assertAllowed } from './thread-owners.js';

export interface StoredThreadOptions {
  id: string;
  threads: ThreadStore;
  auth: ThreadAuth;
  /** How many of its messages the memory strategy can use. */
  historyLimit: number;
  /** Whether the store has it: a new one is stored with its first answer, so that a failed message leaves nothing. */
  isNew: boolean;
}

/** A thread of a store. It is read anew for every message: other processes may have gone on with it. */
export class StoredThread implements Conversation {
  readonly #options: StoredThreadOptions;
  #isNew: boolean;
  #messages: HistoryMessage[] = [];
  /** How many messages come before the ones that are known here. */
  #before = 0;
  #summary: string | null = null;
  #summarizedCount = 0;

  constructor(options: StoredThreadOptions) {
    this.#options = options;
    this.#isNew = options.isNew;
  }

  get id(): string {
    return this.#options.id;
  }

  get messages(): readonly ModelMessage[] {
    return this.#messages.filter(isModelMessage).map(({ role, content }) => ({ role, content: [...content] }));
  }

  get summarized(): SummarizedMessages {
    return {
      summary: this.#summary,
      count: this.#summarizedCount,
      messageCount: this.#before + this.#messages.length,
      between: (start, end) => this.#messages.slice(Math.max(0, start - this.#before), Math.max(0, end - this.#before)),
    };
  }

  /** @throws TroupeError `thread_not_found` */
  async load(userId: string | null): Promise<void> {
    const { id, threads, auth, historyLimit } = this.#options;
    await assertAllowed(auth, { userId, action: 'read', thread: await threads.get(id) });
    const messages = await threads.messages(id);
    this.#messages = messages.slice(-historyLimit);
    this.#before = messages.length - this.#messages.length;
  }

  async begin(userId: string | null): Promise<Exchange> {
    return this.#isNew ? this.#first(userId) : this.#next(userId);
  }

  async summarize(text: string, covered: number): Promise<void> {
    await this.#options.threads.summarize(this.id, { text, covered });
    this.#summary = text;
    this.#summarizedCount = covered;
  }

  async search(_scope: { threadId: string }, query: string, limit: number): Promise<ThreadSearchHit[]> {
    if (this.#isNew) return [];
    const found = await this.#options.threads.search(query, { threadId: this.id, limit });
    return found.map(({ role, text, created_at }) => ({ role, text, createdAt: created_at }));
  }

  #first(userId: string | null): Exchange {
    return {
      history: [],
      summary: null,
      unsummarized: 0,
      append: async (messages) => {
        const { id, threads, historyLimit } = this.#options;
        await threads.create({ id, userId });
        this.#isNew = false;
        const exchange = await threads.begin(id, historyLimit);
        try {
          await exchange.append(messages.flatMap(apart));
          this.#messages.push(...messages.flatMap(apart));
        } finally {
          await exchange.end();
        }
      },
      end: async () => undefined,
    };
  }

  async #next(userId: string | null): Promise<Exchange> {
    const { id, threads, auth, historyLimit } = this.#options;
    const exchange = await threads.begin(id, historyLimit);
    const { thread, history, summarizedCount } = exchange;
    try {
      await assertAllowed(auth, { userId, action: 'write', thread });
    } catch (error) {
      await exchange.end();
      throw error;
    }
    this.#messages = [...history];
    this.#before = thread.message_count - history.length;
    this.#summary = thread.summary;
    this.#summarizedCount = summarizedCount;
    return {
      history,
      summary: thread.summary,
      unsummarized: thread.message_count - summarizedCount,
      earlier: async () => (this.#before > 0 ? (await threads.messages(id)).slice(0, this.#before) : []),
      append: async (messages) => {
        await exchange.append(messages.flatMap(apart), { userId });
        this.#messages.push(...messages.flatMap(apart));
      },
      end: () => exchange.end(),
    };
  }
}

/** As a store keeps them: results of tools apart. */
function apart(message: SignedMessage): SignedMessage[] {
  if (message.role !== 'tool') return [message];
  return message.content.map((part) => ({ role: 'tool', content: [part] }));
}

/** A server's thread may hold system messages that an application brought along. */
function isModelMessage(message: HistoryMessage): message is HistoryMessage & { role: ModelMessage['role'] } {
  return message.role !== 'system';
}
