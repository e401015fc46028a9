import type { ContentPart } from './content-part.js';
import type { Withheld } from './guardrail.js';

export type MessageRole = 'system' | 'user' | 'assistant' | 'tool';

/** One entry of a thread. A thread is a tree: messages with the same parent are alternatives. */
export interface Message {
  id: string;
  thread_id: string;
  parent_id: string | null;
  role: MessageRole;
  content: ContentPart[];
  run_id: string | null;
  /** Slug of the agent that wrote it; null for people. */
  agent: string | null;
  model: string | null;
  /** The guardrail that changed it or put a marker in its place; absent: it is as it was written. */
  withheld?: Withheld;
  created_at: string;
}
