import type { FoundMessage, Message } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { MESSAGE_COLUMNS, type MessageRow, messageFromRow, VISIBLE } from '../messages/message-row.js';
import { IN_SCOPE, type ThreadScope } from '../threads/thread-scope.js';

interface FoundRow extends Omit<FoundMessage, 'created_at'> {
  created_at: Date;
}

/** The path from the newest message up to the first. */
const READ_PATH = {
  name: 'read-path',
  text: `WITH RECURSIVE chain AS (
      SELECT messages.*, 1 AS depth FROM threads JOIN messages ON messages.id = threads.head_message_id
      WHERE ${IN_SCOPE} AND threads.id = $3
      UNION ALL
      SELECT messages.*, chain.depth + 1 FROM chain JOIN messages ON messages.id = chain.parent_id
    )
    SELECT ${MESSAGE_COLUMNS} FROM chain WHERE ${VISIBLE} ORDER BY depth DESC`,
};

/** Of a message, what people read: its texts. */
const TEXT = `(SELECT string_agg(part ->> 'text', '') FROM jsonb_array_elements(messages.content) AS part
  WHERE part ->> 'type' = 'text')`;

const SEARCH_MESSAGES = {
  name: 'search-messages',
  text: `SELECT threads.id AS thread_id, threads.title, messages.id AS message_id, messages.role, ${TEXT} AS text,
      messages.created_at
    FROM threads JOIN messages ON messages.thread_id = threads.id AND messages.tenant_id = threads.tenant_id
    WHERE ${IN_SCOPE} AND parent_run_id IS NULL AND ($3::uuid IS NULL OR threads.id = $3)
      AND messages.role IN ('user', 'assistant') AND ($5::uuid IS NULL OR messages.id < $5)
      AND ${TEXT} ILIKE ALL ($4) ORDER BY messages.id DESC LIMIT $6`,
};

/** What was said on a thread, alternatives left out, oldest first; nothing when it is not in the scope. */
export async function readPath(database: Queryable, scope: ThreadScope, threadId: string): Promise<Message[]> {
  const rows = await database.query<MessageRow>(READ_PATH, [scope.tenantId, scope.userId, threadId]);
  return rows.map(messageFromRow);
}

/** Messages of people and agents whose text holds all words of the query, newest first, older than the cursor. */
export async function searchMessages(
  database: Queryable,
  scope: ThreadScope,
  query: { text: string; threadId: string | null; before: string | null; limit: number },
): Promise<FoundMessage[]> {
  const words = query.text.split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const patterns = words.map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`);
  const values = [scope.tenantId, scope.userId, query.threadId, patterns, query.before, query.limit];
  const rows = await database.query<FoundRow>(SEARCH_MESSAGES, values);
  return rows.map((row) => ({ ...row, created_at: row.created_at.toISOString() }));
}
