import type { FoundMessage, JsonObject, Message, Page, Run, Thread, ThreadStats } from '@troupe/contracts';
import type { RequestOptions, Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

export interface NewThread {
  /** Default: made from the first exchange. */
  title?: string | null;
  user_id?: string | null;
  /** The application's own name for the thread, unique; a `session_id` of agent runs finds it. */
  external_id?: string | null;
  metadata?: JsonObject | null;
}

/** Absent fields stay as they are; a title of null takes the title away, metadata of null empties them. */
export interface ThreadChanges {
  title?: string | null;
  metadata?: JsonObject | null;
}

export interface ThreadListOptions extends ListOptions {
  userId?: string | undefined;
  /** The archived ones in place of the others. */
  archived?: boolean | undefined;
}

export interface MessageListOptions extends ListOptions {
  /** `asc`, the default: oldest first. */
  order?: 'asc' | 'desc' | undefined;
}

export interface ThreadSearchOptions extends ListOptions {
  userId?: string | undefined;
  threadId?: string | undefined;
}

export interface ThreadFork {
  /** Default: that of the thread; null: none. */
  title?: string | null;
  /** The last message that is copied; default: the newest. */
  from_message_id?: string | null;
}

/** `/api/threads`. */
export class ThreadsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first. */
  list(options: ThreadListOptions = {}): Promise<Page<Thread>> {
    const { userId, archived } = options;
    const query = { ...pageQuery(options), user_id: userId, archived: archived?.toString() };
    return this.#transport.json({ method: 'GET', path: '/api/threads', query, ...options });
  }

  create(thread: NewThread = {}, options: RequestOptions = {}): Promise<Thread> {
    return this.#transport.json({ method: 'POST', path: '/api/threads', body: thread, ...options });
  }

  get(threadId: string, options: RequestOptions = {}): Promise<Thread> {
    return this.#transport.json({ method: 'GET', path: pathOf(threadId), ...options });
  }

  update(threadId: string, changes: ThreadChanges, options: RequestOptions = {}): Promise<Thread> {
    return this.#transport.json({ method: 'PATCH', path: pathOf(threadId), body: changes, ...options });
  }

  delete(threadId: string, options: RequestOptions = {}): Promise<void> {
    return this.#transport.done({ method: 'DELETE', path: pathOf(threadId), ...options });
  }

  /** Alternatives included. */
  messages(threadId: string, options: MessageListOptions = {}): Promise<Page<Message>> {
    const query = { ...pageQuery(options), order: options.order };
    return this.#transport.json({ method: 'GET', path: `${pathOf(threadId)}/messages`, query, ...options });
  }

  /** Newest first. */
  runs(threadId: string, options: ListOptions = {}): Promise<Page<Run>> {
    const query = pageQuery(options);
    return this.#transport.json({ method: 'GET', path: `${pathOf(threadId)}/runs`, query, ...options });
  }

  /** It is in no list that does not ask for archived threads; it is read and continued as before. */
  archive(threadId: string, options: RequestOptions = {}): Promise<Thread> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(threadId)}/archive`, ...options });
  }

  unarchive(threadId: string, options: RequestOptions = {}): Promise<Thread> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(threadId)}/unarchive`, ...options });
  }

  /** A new thread that begins with a copy of this one's messages. */
  fork(threadId: string, fork: ThreadFork = {}, options: RequestOptions = {}): Promise<Thread> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(threadId)}/fork`, body: fork, ...options });
  }

  stats(threadId: string, options: RequestOptions = {}): Promise<ThreadStats> {
    return this.#transport.json({ method: 'GET', path: `${pathOf(threadId)}/stats`, ...options });
  }

  /** Messages whose text holds all words, newest first; those of archived threads, too. */
  search(words: string, options: ThreadSearchOptions = {}): Promise<Page<FoundMessage>> {
    const query = { ...pageQuery(options), q: words, user_id: options.userId, thread_id: options.threadId };
    return this.#transport.json({ method: 'GET', path: '/api/threads/search', query, ...options });
  }
}

function pathOf(threadId: string): string {
  return `/api/threads/${encodeURIComponent(threadId)}`;
}
