import { type Message, newId, type Thread, TroupeError } from '@troupe/contracts';
import type { ThreadFork } from '@troupe/spec';
import type { Database } from '../database.js';
import { createThread } from '../threads/write-threads.js';
import { findThread, type ThreadScope } from './find-threads.js';
import { readPath } from './read-messages.js';

const COPY_MESSAGES = {
  name: 'copy-messages',
  text: `WITH thread AS (
      UPDATE threads SET head_message_id = $3, message_count = jsonb_array_length($4::jsonb)
      WHERE id = $2 AND tenant_id = $1 RETURNING id
    )
    INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, agent, model, created_at)
    SELECT copy.id, $1, thread.id, copy.parent_id, original.role, original.content, original.agent, original.model,
      original.created_at
    FROM thread, jsonb_to_recordset($4::jsonb) AS copy(id uuid, parent_id uuid, original_id uuid)
    JOIN messages AS original ON original.id = copy.original_id AND original.tenant_id = $1`,
};

/**
 * A new thread with a copy of the conversation up to a message, for the same user.
 * @throws TroupeError `thread_not_found`, `message_not_found`
 */
export async function forkThread(
  database: Database,
  scope: ThreadScope,
  threadId: string,
  { title, fromMessageId }: ThreadFork,
): Promise<Thread> {
  return database.transaction(async (transaction) => {
    const thread = await findThread(transaction, scope, threadId);
    const messages = upTo(await readPath(transaction, scope, threadId), fromMessageId, threadId);
    const origin = { thread_id: threadId, message_id: messages.at(-1)?.id ?? null };
    const { id } = await createThread(transaction, {
      tenantId: scope.tenantId,
      userId: thread.user_id,
      externalId: null,
      title: title === undefined ? thread.title : title,
      metadata: { ...thread.metadata, forked_from: origin },
    });
    const copies = chained(messages);
    await transaction.query(COPY_MESSAGES, [scope.tenantId, id, copies.at(-1)?.id ?? null, JSON.stringify(copies)]);
    return findThread(transaction, scope, id);
  });
}

function upTo(messages: Message[], messageId: string | undefined, threadId: string): Message[] {
  if (messageId === undefined) return messages;
  const last = messages.findIndex(({ id }) => id === messageId);
  if (last !== -1) return messages.slice(0, last + 1);
  throw new TroupeError({
    code: 'message_not_found',
    fault: 'caller',
    message: `The conversation of thread ${threadId} has no message ${messageId}.`,
    details: { thread_id: threadId, message_id: messageId },
  });
}

function chained(messages: readonly Message[]) {
  let parent_id: string | null = null;
  return messages.map((message) => {
    const copy = { id: newId(), parent_id, original_id: message.id };
    parent_id = copy.id;
    return copy;
  });
}
