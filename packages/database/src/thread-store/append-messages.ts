import { newId } from '@troupe/contracts';
import type { ThreadMessage } from '@troupe/spec';
import { whileUnavailable } from '../connection/while-unavailable.js';
import type { Queryable } from '../database.js';

/**
 * The fence: the thread must be as its writer read it, and no run of a server may be at work on it or wait for it. Ids follow
 * the head's whatever the clocks say: the first is moved behind it, and the others count on in its last bits.
 */
const APPEND_MESSAGES = {
  name: 'append-messages',
  text: `WITH said AS (
      SELECT n, value ->> 'role' AS role, value -> 'content' AS content, value ->> 'agent' AS agent, value ->> 'model' AS model,
        overlay(message_id_after($3::uuid, $4::uuid)::text PLACING lpad(to_hex(n), 3, '0') FROM 21 FOR 3)::uuid AS id
      FROM jsonb_array_elements($5::jsonb) WITH ORDINALITY AS added(value, n)
    ),
    known_user AS (
      INSERT INTO users (tenant_id, id) SELECT $1, $6 WHERE $6::text IS NOT NULL ON CONFLICT DO NOTHING
    ),
    thread AS (
      UPDATE threads SET head_message_id = (SELECT id FROM said ORDER BY n DESC LIMIT 1),
        message_count = message_count + jsonb_array_length($5::jsonb), user_id = coalesce(user_id, $6), updated_at = now()
      WHERE id = $2 AND tenant_id = $1 AND head_message_id IS NOT DISTINCT FROM $3
        AND active_run_id IS NULL AND waiting_runs = 0
      RETURNING id
    )
    INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, agent, model)
    SELECT said.id, $1, thread.id, coalesce(lag(said.id) OVER (ORDER BY n), $3), role, content, agent, model
    FROM thread, said RETURNING id`,
};

/** Numbers of a batch stand in three hexadecimal digits of the messages' ids. */
const MAX_MESSAGES = 0xfff;

/** Whether a try whose confirmation was lost stored them: the same candidate gives the same ids. */
const FIND_APPENDED = {
  name: 'find-appended',
  text: `SELECT 1 FROM messages WHERE tenant_id = $1 AND thread_id = $2
    AND id = overlay(message_id_after($3::uuid, $4::uuid)::text PLACING '001' FROM 21 FOR 3)::uuid`,
};

/** How long Postgres may be away: the messages hold an answer that is paid for. Milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Waits for Postgres to come back where it is away, and stores nothing twice.
 * @returns false when the thread is not as it was read any more, or gone: then nothing was stored
 * @throws TroupeError `database_unavailable`: they may be stored
 */
export async function appendMessages(
  database: Queryable,
  at: { tenantId: string; threadId: string; headMessageId: string | null; userId: string | null },
  messages: readonly ThreadMessage[],
): Promise<boolean> {
  if (messages.length > MAX_MESSAGES) throw new Error(`An exchange of ${messages.length} messages is too long.`);
  const { tenantId, threadId, headMessageId, userId } = at;
  const place = [tenantId, threadId, headMessageId, newId()];
  const values = [...place, JSON.stringify(messages), userId];
  return whileUnavailable(PATIENCE_MS, async (retry) => {
    const stored = await database.query(APPEND_MESSAGES, values);
    if (stored.length > 0) return true;
    return retry && (await database.query(FIND_APPENDED, place)).length > 0;
  });
}
