import {
  conversationUpTo,
  type ForkOrigin,
  type FoundMessage,
  forkedFrom,
  type Message,
  newId,
  type Thread,
  type ThreadStats,
  TroupeError,
  textOf,
} from '@troupe/contracts';
import type {
  NewThread,
  SearchFilter,
  ThreadChange,
  ThreadExchange,
  ThreadFilter,
  ThreadFork,
  ThreadMessage,
  ThreadOwner,
  ThreadStore,
  ThreadSummary,
} from '@troupe/spec';

interface Entry {
  thread: Thread;
  messages: Message[];
  summarizedCount: number;
  busy: boolean;
}

const LIMIT = 20;

/** Threads for as long as the process lives: for tests and programs that need no more. */
export class InMemoryThreadStore implements ThreadStore {
  /** In the order in which they were made. */
  readonly #entries = new Map<string, Entry>();

  async create({ id = newId(), userId = null, title = null, metadata = {} }: NewThread = {}): Promise<Thread> {
    if (this.#entries.has(id)) throw invalid(`There is a thread ${id} already.`);
    const now = new Date().toISOString();
    const thread: Thread = {
      id,
      user_id: userId,
      external_id: null,
      title,
      summary: null,
      message_count: 0,
      metadata: structuredClone(metadata),
      archived_at: null,
      created_at: now,
      updated_at: now,
    };
    this.#entries.set(id, { thread, messages: [], summarizedCount: 0, busy: false });
    return structuredClone(thread);
  }

  async get(threadId: string, of?: ThreadOwner): Promise<Thread> {
    return structuredClone(this.#find(threadId, of).thread);
  }

  async list({ userId = null, archived = false, before, limit = LIMIT }: ThreadFilter = {}): Promise<Thread[]> {
    return [...this.#entries.values()]
      .map(({ thread }) => thread)
      .filter((thread) => userId === null || thread.user_id === userId)
      .filter((thread) => (thread.archived_at !== null) === archived)
      .filter((thread) => before === undefined || thread.id < before)
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit)
      .map((thread) => structuredClone(thread));
  }

  async search(query: string, { userId = null, threadId, limit = LIMIT }: SearchFilter = {}): Promise<FoundMessage[]> {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const found: FoundMessage[] = [];
    for (const { thread, messages } of this.#entries.values()) {
      if (threadId !== undefined && thread.id !== threadId) continue;
      if (userId !== null && thread.user_id !== userId) continue;
      for (const { id, role, content, created_at } of messages) {
        const text = textOf(content);
        if (role !== 'user' && role !== 'assistant') continue;
        if (!words.every((word) => text.toLowerCase().includes(word))) continue;
        found.push({ thread_id: thread.id, title: thread.title, message_id: id, role, text, created_at });
      }
    }
    return found.toSorted((a, b) => (a.message_id < b.message_id ? 1 : -1)).slice(0, limit);
  }

  async messages(threadId: string, of?: ThreadOwner): Promise<Message[]> {
    return structuredClone(this.#find(threadId, of).messages);
  }

  async change(threadId: string, { title, metadata }: ThreadChange, of?: ThreadOwner): Promise<Thread> {
    return this.#update(threadId, of, {
      ...(title !== undefined && { title }),
      ...(metadata !== undefined && { metadata: structuredClone(metadata) }),
    });
  }

  async archive(threadId: string, of?: ThreadOwner): Promise<Thread> {
    return this.#update(threadId, of, { archived_at: new Date().toISOString() });
  }

  async unarchive(threadId: string, of?: ThreadOwner): Promise<Thread> {
    return this.#update(threadId, of, { archived_at: null });
  }

  async fork(threadId: string, { title, fromMessageId }: ThreadFork = {}, of?: ThreadOwner): Promise<Thread> {
    const { thread, messages, summarizedCount } = this.#find(threadId, of);
    const copied = conversationUpTo(messages, fromMessageId);
    const origin: ForkOrigin = { thread_id: threadId, message_id: copied.at(-1)?.id ?? null };
    const { id } = await this.create({
      userId: thread.user_id,
      title: title === undefined ? thread.title : title,
      metadata: { ...thread.metadata, forked_from: origin },
    });
    const copy = this.#find(id);
    copy.messages = chained(copied, id, null);
    copy.thread.message_count = copied.length;
    if (summarizedCount <= copied.length) {
      copy.thread.summary = thread.summary;
      copy.summarizedCount = summarizedCount;
    }
    return structuredClone(copy.thread);
  }

  async stats(threadId: string, of?: ThreadOwner): Promise<ThreadStats> {
    const { thread, messages } = this.#find(threadId, of);
    const bytes = messages.map(({ content }) => Buffer.byteLength(JSON.stringify(content)));
    return {
      message_count: thread.message_count,
      total_bytes: bytes.reduce((sum, size) => sum + size, 0),
      forked_from: forkedFrom(thread.metadata),
    };
  }

  async delete(threadId: string, of?: ThreadOwner): Promise<void> {
    if (this.#find(threadId, of).busy) throw busy(threadId);
    this.#entries.delete(threadId);
  }

  async begin(threadId: string, limit: number): Promise<ThreadExchange> {
    const entry = this.#find(threadId);
    if (entry.busy) throw busy(threadId);
    entry.busy = true;
    return {
      thread: structuredClone(entry.thread),
      summarizedCount: entry.summarizedCount,
      history: entry.messages.slice(-limit).map(({ role, content }) => structuredClone({ role, content })),
      append: async (messages, by) => this.#append(threadId, messages, by?.userId ?? null),
      end: async () => {
        entry.busy = false;
      },
    };
  }

  async summarize(threadId: string, { text, covered }: ThreadSummary): Promise<void> {
    const entry = this.#find(threadId);
    if (covered <= entry.summarizedCount) return;
    entry.thread.summary = text;
    entry.summarizedCount = covered;
  }

  #append(threadId: string, added: readonly ThreadMessage[], userId: string | null): void {
    const entry = this.#find(threadId);
    const now = new Date().toISOString();
    const said = added.map(({ role, content, agent = null, model = null }) => {
      return { role, content, agent, model, run_id: null, created_at: now };
    });
    entry.messages.push(...chained(said, threadId, entry.messages.at(-1)?.id ?? null));
    entry.thread.message_count = entry.messages.length;
    entry.thread.user_id ??= userId;
    entry.thread.updated_at = now;
  }

  #update(threadId: string, of: ThreadOwner | undefined, change: Partial<Thread>): Thread {
    const { thread } = this.#find(threadId, of);
    return structuredClone(Object.assign(thread, change, { updated_at: new Date().toISOString() }));
  }

  #find(threadId: string, { userId = null }: ThreadOwner = {}): Entry {
    const entry = this.#entries.get(threadId);
    if (entry && (userId === null || entry.thread.user_id === userId)) return entry;
    throw new TroupeError({
      code: 'thread_not_found',
      fault: 'caller',
      message: `There is no thread ${threadId}.`,
      details: { thread_id: threadId },
    });
  }
}

/** What a message is beside its place in a thread. */
type Said = Omit<Message, 'id' | 'thread_id' | 'parent_id'>;

/** Messages with ids of their own, each the child of the one before. */
function chained(said: readonly Said[], threadId: string, parentId: string | null): Message[] {
  let parent_id = parentId;
  return said.map((message) => {
    const copy: Message = { ...structuredClone(message), id: newId(), thread_id: threadId, parent_id };
    parent_id = copy.id;
    return copy;
  });
}

function busy(threadId: string): TroupeError {
  return new TroupeError({
    code: 'thread_busy',
    fault: 'caller',
    retryable: true,
    retryAfterMs: 1_000,
    message: `Thread ${threadId} is working on another message. Wait until that is answered.`,
    details: { thread_id: threadId },
  });
}

function invalid(message: string): TroupeError {
  return new TroupeError({ code: 'invalid_request', fault: 'caller', message });
}
