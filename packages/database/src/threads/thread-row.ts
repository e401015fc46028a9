import type { JsonObject, Thread } from '@troupe/contracts';

/** A row of `threads` as the driver gives it. */
export interface ThreadRow {
  id: string;
  user_id: string | null;
  external_id: string | null;
  title: string | null;
  summary: string | null;
  message_count: number;
  metadata: JsonObject;
  archived_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export const THREAD_COLUMNS = `threads.id, threads.user_id, threads.external_id, threads.title, threads.summary,
  threads.message_count, threads.metadata, threads.archived_at, threads.created_at, threads.updated_at`;

export function threadFromRow(row: ThreadRow): Thread {
  return {
    id: row.id,
    user_id: row.user_id,
    external_id: row.external_id,
    title: row.title,
    summary: row.summary,
    message_count: row.message_count,
    metadata: row.metadata,
    archived_at: row.archived_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
