import type { JsonObject } from './json.js';

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
