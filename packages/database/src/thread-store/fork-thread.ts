import { conversationUpTo, type ForkOrigin, type Message, newId, type Thread } from '@troupe/contracts';
import type { ThreadFork } from '@troupe/spec';
import type { Database } from '../database.js';
import type { ThreadScope } from '../threads/thread-scope.js';
import { createThread } from '../threads/write-threads.js';
import { findThread } from './find-thread.js';
import { readPath } from './read-messages.js';

/** The summary goes with messages that it tells of, the agent that spoke last goes on speaking, and nobody is trusted more than before. */
const COPY_MESSAGES = {
  name: 'copy-messages',
  text: `WITH copy AS (
      SELECT * FROM jsonb_to_recordset($4::jsonb) AS copy(id uuid, parent_id uuid, original_id uuid, n int)
    ),
    thread AS (
      UPDATE threads SET head_message_id = (SELECT id FROM copy ORDER BY n DESC LIMIT 1),
        message_count = jsonb_array_length($4::jsonb), handoffs = forked.handoffs,
        untrusted = forked.untrusted, untrusted_policies = forked.untrusted_policies,
        agent = coalesce((
          SELECT messages.agent FROM copy JOIN messages ON messages.id = copy.original_id
          WHERE messages.agent IS NOT NULL ORDER BY n DESC LIMIT 1
        ), forked.agent),
        summary = CASE WHEN forked.summarized_count <= jsonb_array_length($4::jsonb) THEN forked.summary END,
        summarized_count = CASE WHEN forked.summarized_count <= jsonb_array_length($4::jsonb)
          THEN forked.summarized_count ELSE 0 END
      FROM threads AS forked
      WHERE forked.id = $2 AND forked.tenant_id = $1 AND threads.id = $3 AND threads.tenant_id = $1
      RETURNING threads.id
    )
    INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, agent, model, withheld, created_at)
    SELECT copy.id, $1, thread.id, copy.parent_id, original.role, original.content, original.agent, original.model,
      original.withheld, original.created_at
    FROM thread, copy JOIN messages AS original ON original.id = copy.original_id AND original.tenant_id = $1`,
};

/**
 * A new thread with a copy of the conversation up to a message, for the same user.
 * @throws TroupeError `thread_not_found`, `message_not_found`, `invalid_request`; see `conversationUpTo`
 */
export async function forkThread(
  database: Database,
  scope: ThreadScope,
  threadId: string,
  { title, fromMessageId }: ThreadFork,
): Promise<Thread> {
  return database.transaction(async (transaction) => {
    const thread = await findThread(transaction, scope, threadId);
    const messages = conversationUpTo(await readPath(transaction, scope, threadId), fromMessageId);
    const origin: ForkOrigin = { thread_id: threadId, message_id: messages.at(-1)?.id ?? null };
    const { id } = await createThread(transaction, {
      tenantId: scope.tenantId,
      userId: thread.user_id,
      externalId: null,
      title: title === undefined ? thread.title : title,
      metadata: { ...thread.metadata, forked_from: origin },
    });
    await transaction.query(COPY_MESSAGES, [scope.tenantId, threadId, id, JSON.stringify(chained(messages))]);
    return findThread(transaction, scope, id);
  });
}

function chained(messages: readonly Message[]) {
  let parent_id: string | null = null;
  return messages.map((message, n) => {
    const copy = { id: newId(), parent_id, original_id: message.id, n };
    parent_id = copy.id;
    return copy;
  });
}
