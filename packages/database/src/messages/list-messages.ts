import {
  type ChatMessage,
  type ContentPart,
  type Message,
  type MessageRole,
  textOf,
  type Withheld,
} from '@troupe/contracts';
import type { Queryable } from '../database.js';

interface MessageRow {
  id: string;
  thread_id: string;
  parent_id: string | null;
  role: MessageRole;
  content: ContentPart[];
  run_id: string | null;
  agent: string | null;
  model: string | null;
  withheld: Withheld | null;
  created_at: Date;
}

/** The place of a tool result that is still awaited, or that a guardrail has yet to read, is a message already; readers do not see it. */
const VISIBLE = `NOT (role = 'tool' AND content -> 0 ->> 'status' IN ('pending', 'held'))`;
const COLUMNS = 'id, thread_id, parent_id, role, content, run_id, agent, model, withheld, created_at';

const LIST_MESSAGES = {
  name: 'list-messages',
  text: `SELECT ${COLUMNS} FROM messages
    WHERE thread_id = $1 AND tenant_id = $2 AND ($3::uuid IS NULL OR id > $3) AND ${VISIBLE} ORDER BY id LIMIT $4`,
};
const LIST_MESSAGES_BACKWARDS = {
  name: 'list-messages-backwards',
  text: `SELECT ${COLUMNS} FROM messages
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
  return rows.map(({ withheld, ...row }) => ({
    ...row,
    ...(withheld && { withheld }),
    created_at: row.created_at.toISOString(),
  }));
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
