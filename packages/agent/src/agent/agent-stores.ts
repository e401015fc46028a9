import type { ThreadAuth, ThreadStore, TodoStore, UserMemoryStore } from '@troupe/spec';
import type { UserMemoryExtractor } from '../user-memory/user-memory-extractor.js';

/** Where what outlives the process is kept. */
export interface AgentStores {
  threads?: ThreadStore;
  /** What is remembered about users; it stands in the prompt, as information and never as instructions. */
  memory?: UserMemoryStore;
  /** Where the to-do tools keep tasks. */
  todos?: TodoStore;
}

/** What makes an agent remember. Without it a thread lives as long as the agent. */
export interface PersistenceOptions {
  stores?: AgentStores;
  /** Who may read and continue which thread; its owner unless told. */
  auth?: ThreadAuth;
  /** The thread of the store to continue. The first message finds out whether it is there. */
  threadId?: string;
  /** Looks for facts about the user after every answer; the next message waits for it. What goes wrong there is a warning. */
  extractor?: UserMemoryExtractor;
}
