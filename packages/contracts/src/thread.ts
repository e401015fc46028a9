import type { JsonObject } from './json.js';
import type { MessageRole } from './message.js';

/** One conversation. Times are RFC 3339 in UTC. */
export interface Thread {
  id: string;
  user_id: string | null;
  /** The application's own name for the thread (a `session_id`), unique within its tenant. */
  external_id: string | null;
  title: string | null;
  summary: string | null;
  message_count: number;
  metadata: JsonObject;
  archived_at: string | null;
  created_at: string;
  updated_at: string;
}

/** Counts of one conversation. */
export interface ThreadStats {
  message_count: number;
  /** Of the messages' content as JSON, in UTF-8. */
  total_bytes: number;
  /** The thread that it was forked from. */
  forked_from: string | null;
}

/** What a search of threads finds. */
export interface FoundMessage {
  thread_id: string;
  /** Of the thread. */
  title: string | null;
  message_id: string;
  role: MessageRole;
  text: string;
  created_at: string;
}
