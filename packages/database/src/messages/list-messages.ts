import { type ChatMessage, type ContentPart, type Message, textOf } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { MESSAGE_COLUMNS, type MessageRow, messageFromRow, VISIBLE } from './message-row.js';

const LIST_MESSAGES = {
  name: 'list-messages',
  text: `SELECT ${MESSAGE_COLUMNS} FROM messages
    WHERE thread_id = $1 AND tenant_id = $2 AND ($3::uuid IS NULL OR id > $3) AND ${VISIBLE} ORDER BY id LIMIT $4`,
};
const LIST_MESSAGES_BACKWARDS = {
  name: 'list-messages-backwards',
  text: `SELECT ${MESSAGE_COLUMNS} FROM messages
    WHERE thread_id = $1 AND tenant_id = $2 AND ($3::uuid IS NULL OR id < $3) AND ${VISIBLE} ORDER BY id DESC LIMIT $4`,
};
/** The path from the newest message up to the first: of alternatives only the one that the conversation took. */
const READ_CONVERSATION = {
  name: 'read-conversation',
  text: `WITH RECURSIVE chain AS (
      SELECT m.id, m.parent_id, m.role, m.content, 1 AS depth FROM threads JOIN messages m ON m.id = head_message_id
      WHERE threads.id = $1 AND threads.tenant_id = $2
      UNION ALL
      SELECT m.id, m.parent_id, m.role, m.content, chain.depth + 1 FROM chain JOIN messages m ON m.id = chain.parent_id
    )
    SELECT role, content FROM chain WHERE role <> 'tool' ORDER BY depth DESC`,
};

/** Messages of a thread beyond the cursor: oldest first, or newest first when `order` is `desc`. */
export async function listMessages(
  database: Queryable,
  scope: { tenantId: string; threadId: string },
  page: { cursor: string | null; limit: number; order: 'asc' | 'desc' },
): Promise<Message[]> {
  const statement = page.order === 'asc' ? LIST_MESSAGES : LIST_MESSAGES_BACKWARDS;
  const values = [scope.threadId, scope.tenantId, page.cursor, page.limit];
  const rows = await database.query<MessageRow>(statement, values);
  return rows.map(messageFromRow);
}

/** What people and agents said on a thread, as plain text, oldest first; turns that only called tools are left out. */
export async function readConversation(
  database: Queryable,
  tenantId: string,
  threadId: string,
): Promise<ChatMessage[]> {
  const rows = await database.query<{ role: ChatMessage['role']; content: ContentPart[] }>(READ_CONVERSATION, [
    threadId,
    tenantId,
  ]);
  return rows.map(({ role, content }) => ({ role, content: textOf(content) })).filter(({ content }) => content !== '');
}
