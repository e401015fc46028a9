import {
  type FoundMessage,
  isId,
  type JsonObject,
  type Message,
  type Thread,
  type ThreadStats,
  TroupeError,
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
import type { Database } from '../database.js';
import { threadNotFound } from '../runs/explain-refusal.js';
import { listThreads } from '../threads/read-threads.js';
import type { ThreadScope } from '../threads/thread-scope.js';
import { changeThread, createThread, deleteThread } from '../threads/write-threads.js';
import { appendMessages } from './append-messages.js';
import { findThread, setArchived } from './find-thread.js';
import { forkThread } from './fork-thread.js';
import { type ReadExchange, readExchange } from './read-exchange.js';
import { readPath, searchMessages } from './read-messages.js';
import { storeSummary } from './store-summary.js';
import type { ThreadHolds } from './thread-holds.js';
import { threadStats } from './thread-stats.js';

export interface PostgresThreadStoreOptions {
  database: Database;
  tenantId: string;
  holds: ThreadHolds;
}

const LIMIT = 20;

/**
 * The threads of a tenant, in the rows that a server has, too. A server does not know of the holds: where it takes a
 * message while an exchange is under way here, the exchange is refused when it is to be stored.
 */
export class PostgresThreadStore implements ThreadStore {
  readonly #options: PostgresThreadStoreOptions;

  constructor(options: PostgresThreadStoreOptions) {
    this.#options = options;
  }

  async create({ id, userId = null, title = null, metadata = {} }: NewThread = {}): Promise<Thread> {
    if (id !== undefined && !isId(id)) throw noId(id);
    const { database, tenantId } = this.#options;
    return createThread(database, { id, tenantId, userId, externalId: null, title, metadata });
  }

  async get(threadId: string, of?: ThreadOwner): Promise<Thread> {
    return findThread(this.#options.database, this.#scope(of), known(threadId));
  }

  async list({ archived = false, before, limit = LIMIT, ...of }: ThreadFilter = {}): Promise<Thread[]> {
    return listThreads(this.#options.database, this.#scope(of), { archived, before: before ?? null, limit });
  }

  async search(query: string, { threadId, limit = LIMIT, ...of }: SearchFilter = {}): Promise<FoundMessage[]> {
    const wanted = { text: query, threadId: threadId ?? null, before: null, limit };
    return searchMessages(this.#options.database, this.#scope(of), wanted);
  }

  async messages(threadId: string, of?: ThreadOwner): Promise<Message[]> {
    await this.get(threadId, of);
    return readPath(this.#options.database, this.#scope(of), threadId);
  }

  async change(threadId: string, change: ThreadChange, of?: ThreadOwner): Promise<Thread> {
    await this.get(threadId, of);
    return changeThread(this.#options.database, { tenantId: this.#options.tenantId, threadId }, change);
  }

  async archive(threadId: string, of?: ThreadOwner): Promise<Thread> {
    return setArchived(this.#options.database, this.#scope(of), known(threadId), true);
  }

  async unarchive(threadId: string, of?: ThreadOwner): Promise<Thread> {
    return setArchived(this.#options.database, this.#scope(of), known(threadId), false);
  }

  async fork(threadId: string, fork: ThreadFork = {}, of?: ThreadOwner): Promise<Thread> {
    return forkThread(this.#options.database, this.#scope(of), known(threadId), fork);
  }

  async stats(threadId: string, of?: ThreadOwner): Promise<ThreadStats> {
    return threadStats(this.#options.database, this.#scope(of), known(threadId));
  }

  async delete(threadId: string, of?: ThreadOwner): Promise<void> {
    await this.get(threadId, of);
    const free = await this.#hold(threadId);
    try {
      await deleteThread(this.#options.database, this.#options.tenantId, threadId);
    } finally {
      await free();
    }
  }

  async begin(threadId: string, limit: number): Promise<ThreadExchange> {
    const { database, tenantId } = this.#options;
    const free = await this.#hold(known(threadId));
    try {
      const read = await readExchange(database, tenantId, threadId, limit);
      if (read.activeRunId !== null) throw busy(threadId, { run_id: read.activeRunId });
      return {
        thread: read.thread,
        summarizedCount: read.summarizedCount,
        history: read.history,
        append: (messages, by) => this.#append(read, messages, by?.userId ?? null),
        end: free,
      };
    } catch (error) {
      await free();
      throw error;
    }
  }

  async summarize(threadId: string, summary: ThreadSummary): Promise<void> {
    await storeSummary(
      this.#options.database,
      { tenantId: this.#options.tenantId, threadId: known(threadId) },
      summary,
    );
  }

  async #append(read: ReadExchange, messages: readonly ThreadMessage[], userId: string | null): Promise<void> {
    const { database, tenantId } = this.#options;
    const { thread, headMessageId } = read;
    const at = { tenantId, threadId: thread.id, headMessageId, userId };
    if (await appendMessages(database, at, messages)) return;
    await this.get(thread.id);
    throw busy(thread.id);
  }

  async #hold(threadId: string): Promise<() => Promise<void>> {
    const free = await this.#options.holds.hold(threadId);
    if (!free) throw busy(threadId);
    return free;
  }

  #scope({ userId = null }: ThreadOwner = {}): ThreadScope {
    return { tenantId: this.#options.tenantId, userId };
  }
}

/** Anything else cannot be the id of a thread, and Postgres would say so in other words. */
function known(threadId: string): string {
  if (!isId(threadId)) throw threadNotFound(threadId);
  return threadId;
}

function busy(threadId: string, details: JsonObject = {}): TroupeError {
  return new TroupeError({
    code: 'thread_busy',
    fault: 'caller',
    retryable: true,
    retryAfterMs: 1_000,
    message: `Somebody else is at work on thread ${threadId}. Wait until that is answered, then send the message again.`,
    details: { thread_id: threadId, ...details },
  });
}

function noId(id: string): TroupeError {
  return new TroupeError({ code: 'invalid_request', fault: 'caller', message: `"${id}" is no UUID.` });
}
