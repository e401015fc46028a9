import type {
  ContentPart,
  FoundMessage,
  JsonObject,
  Message,
  MessageRole,
  Thread,
  ThreadStats,
} from '@troupe/contracts';

/** Where the threads of one tenant are kept, for agents in one process. */
export interface ThreadStore {
  create(thread?: NewThread): Promise<Thread>;
  /** @throws TroupeError `thread_not_found` */
  get(threadId: string, of?: ThreadOwner): Promise<Thread>;
  /** Newest first. Archived ones only when they are asked for, and then only those. */
  list(filter?: ThreadFilter): Promise<Thread[]>;
  /** Messages of people and agents whose text holds all words of the query, newest first. */
  search(query: string, filter?: SearchFilter): Promise<FoundMessage[]>;
  /** What was said, from the first message to the newest, tool calls and their results included; alternatives are not. */
  messages(threadId: string, of?: ThreadOwner): Promise<Message[]>;
  /** Fields that are absent stay; a title of null takes the title away. */
  change(threadId: string, change: ThreadChange, of?: ThreadOwner): Promise<Thread>;
  /** An archived thread is in no list that does not ask for it; it is read and continued as before. */
  archive(threadId: string, of?: ThreadOwner): Promise<Thread>;
  unarchive(threadId: string, of?: ThreadOwner): Promise<Thread>;
  /**
   * A new thread that begins with a copy of this one's messages, for the same user. The copy's metadata tell where it comes
   * from: `forked_from: {thread_id, message_id}`.
   * @throws TroupeError `thread_not_found`; `message_not_found` when the conversation has no such message; `invalid_request`
   *   when that message is a call without its results
   */
  fork(threadId: string, fork?: ThreadFork, of?: ThreadOwner): Promise<Thread>;
  stats(threadId: string, of?: ThreadOwner): Promise<ThreadStats>;
  /** @throws TroupeError `thread_not_found`, or `thread_busy` while somebody works on it */
  delete(threadId: string, of?: ThreadOwner): Promise<void>;
  /**
   * Begins an exchange; until it ends no other one begins on the thread.
   *
   * @param limit how many of the newest messages its history holds
   * @throws TroupeError `thread_not_found`, or `thread_busy` while another exchange is under way
   */
  begin(threadId: string, limit: number): Promise<ThreadExchange>;
  /** Stores a summary, unless one that covers more messages is there by now. */
  summarize(threadId: string, summary: ThreadSummary): Promise<void>;
}

/** One message and what becomes of it. */
export interface ThreadExchange {
  readonly thread: Thread;
  /** How many of the oldest messages the thread's summary covers. */
  readonly summarizedCount: number;
  /** Oldest first. */
  readonly history: readonly ThreadMessage[];
  /**
   * Stores what was said, all of it or nothing. The first user who says something on a thread without an owner owns it.
   * @throws TroupeError `thread_busy` when somebody else extended the thread meanwhile, `thread_not_found` when it is gone
   */
  append(messages: readonly ThreadMessage[], by?: ThreadOwner): Promise<void>;
  /** Gives the thread free. Without `append` it is as it was. */
  end(): Promise<void>;
}

/** A message of a thread. Results of tools are a message each. */
export interface ThreadMessage {
  role: MessageRole;
  content: ContentPart[];
  /** Who wrote it; absent for people and tools. */
  agent?: string;
  /** `provider/model` that wrote it; absent for people and tools. */
  model?: string;
}

/** What a thread begins with. */
export interface NewThread {
  /** A UUID; made unless given. */
  id?: string;
  userId?: string | null;
  title?: string | null;
  metadata?: JsonObject;
}

/** Of whom a thread must be: one of somebody else is not found. Absent: anybody's, for programs that act for themselves. */
export interface ThreadOwner {
  userId?: string | null;
}

/** Which threads are listed. */
export interface ThreadFilter extends ThreadOwner {
  archived?: boolean;
  /** Only threads that are older than this one. */
  before?: string;
  /** 20 unless told. */
  limit?: number;
}

/** Which messages are searched. */
export interface SearchFilter extends ThreadOwner {
  /** In this thread only. */
  threadId?: string;
  /** 20 unless told. */
  limit?: number;
}

/** What is changed of a thread. */
export interface ThreadChange {
  title?: string | null;
  metadata?: JsonObject;
}

/** What the copy of a thread is. */
export interface ThreadFork {
  title?: string | null;
  /** The last message that is copied; the newest unless told. */
  fromMessageId?: string;
}

/** What the oldest messages of a thread say, in short. */
export interface ThreadSummary {
  text: string;
  /** How many of the oldest messages it tells of. */
  covered: number;
}
