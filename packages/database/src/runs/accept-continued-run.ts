import { type ContentPart, type MessageRole, newId } from '@troupe/contracts';
import type { Database, Queryable } from '../database.js';
import { createThread } from '../threads/write-threads.js';
import { acceptRun, findThread } from './accept-run.js';
import type { AcceptedRunRow, AcceptRunInput } from './accept-run-input.js';

/** Something that was said before the run's input, as its application tells it. */
export interface EarlierMessage {
  role: MessageRole;
  content: ContentPart[];
}

const FIND_BEGUN_THREAD = {
  name: 'find-begun-thread',
  text: `SELECT id FROM threads
    WHERE tenant_id = $1 AND (id = $2::uuid OR external_id = $3) AND (message_count > 0 OR waiting_runs > 0)`,
};
const FILL_EMPTY_THREAD = {
  name: 'fill-empty-thread',
  text: `WITH thread AS (
      UPDATE threads SET head_message_id = $3, message_count = jsonb_array_length($4::jsonb), updated_at = now()
      WHERE id = $1 AND tenant_id = $2 AND message_count = 0 AND active_run_id IS NULL AND waiting_runs = 0
      RETURNING id
    )
    INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content)
    SELECT message.id, $2, thread.id, message.parent_id, message.role, message.content
    FROM thread, jsonb_to_recordset($4::jsonb) AS message(id uuid, parent_id uuid, role text, content jsonb)`,
};
const DELETE_UNUSED_THREAD = {
  name: 'delete-unused-thread',
  text: 'DELETE FROM threads WHERE id = $1 AND tenant_id = $2',
};

/**
 * Accepts a run as `acceptRun` does. A thread that holds nothing yet gets the earlier messages first, in the same
 * transaction; one that has begun knows better than its application what was said, and they are left out.
 */
export async function acceptContinuedRun(
  database: Database,
  input: AcceptRunInput,
  earlier: readonly EarlierMessage[],
): Promise<AcceptedRunRow> {
  if (await hasBegun(database, input)) return acceptRun(database, input);
  return database.atomically(async () => {
    const threadId = await chooseEmptyThread(database, input);
    const messages = chained(earlier);
    const values = [threadId, input.tenantId, messages.at(-1)?.id, JSON.stringify(messages)];
    await database.query(FILL_EMPTY_THREAD, values);
    const accepted = await acceptRun(database, { ...input, thread: { type: 'id', id: threadId } });
    // The key is that of an earlier run, which has a thread.
    if (accepted.replayed && input.thread.type === 'new') {
      await database.query(DELETE_UNUSED_THREAD, [threadId, input.tenantId]);
    }
    return accepted;
  });
}

async function hasBegun(database: Queryable, { tenantId, thread }: AcceptRunInput): Promise<boolean> {
  if (thread.type === 'new') return false;
  const names = thread.type === 'id' ? [thread.id, null] : [null, thread.externalId];
  const [found] = await database.query(FIND_BEGUN_THREAD, [tenantId, ...names]);
  return found !== undefined;
}

async function chooseEmptyThread(database: Queryable, input: AcceptRunInput): Promise<string> {
  const { thread, tenantId, userId } = input;
  if (thread.type !== 'new') return findThread(database, input, thread);
  const { id } = await createThread(database, { tenantId, userId, externalId: null, title: null, metadata: {} });
  return id;
}

/** Each message is the child of the one before. */
function chained(messages: readonly EarlierMessage[]) {
  let parent_id: string | null = null;
  return messages.map(({ role, content }) => {
    const message = { id: newId(), parent_id, role, content };
    parent_id = message.id;
    return message;
  });
}
