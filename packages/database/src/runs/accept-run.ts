import { newId, TroupeError } from '@troupe/contracts';
import type { Database, Queryable } from '../database.js';
import { violates } from '../database-error.js';
import type { AcceptedRunRow, AcceptRunInput } from './accept-run-input.js';
import { explainRefusal } from './explain-refusal.js';
import { POLL_GRACE_SECONDS } from './poll-grace.js';

interface AcceptRow {
  thread_id: string;
  agent: string;
  model: string;
}

const AGENT = `
  agent AS (
    SELECT agents.id, agents.slug, agents.version,
      coalesce($6, agent_versions.configuration ->> 'model', $7) AS model
    FROM agents JOIN agent_versions ON agent_id = agents.id AND agent_versions.version = agents.version
    WHERE agents.tenant_id = $1 AND agents.deleted_at IS NULL AND agents.slug = coalesce($4, THREAD_AGENT, $5)
  ),
  idempotency AS (
    INSERT INTO idempotency_keys (tenant_id, endpoint, key, request_hash, run_id)
    SELECT $1, $11, $12, $13, $2 FROM agent WHERE $12::text IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING key
  ),
  accepted AS (
    SELECT * FROM agent WHERE $12::text IS NULL OR EXISTS (SELECT FROM idempotency)
  ),
  known_user AS (
    INSERT INTO users (tenant_id, id) SELECT $1, $3 FROM accepted WHERE $3::text IS NOT NULL ON CONFLICT DO NOTHING
  )`;

const RUN = `
  message AS (
    INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, run_id)
    SELECT $9, $1, thread.id, thread.parent_id, 'user', $10::jsonb, $2 FROM thread
  ),
  run AS (
    INSERT INTO runs (id, tenant_id, thread_id, user_id, agent_id, agent_version, agent, model, status,
      next_wake_at, deadline_at, input_message_id, head_message_id)
    SELECT $2, $1, thread.id, $3, accepted.id, accepted.version, accepted.slug, accepted.model, 'queued',
      now() + interval '${POLL_GRACE_SECONDS} seconds', now() + make_interval(secs => $8), $9, $9
    FROM accepted, thread
    RETURNING id, thread_id, agent, model
  ),
  event AS (
    INSERT INTO run_events (run_id, attempt, n, first_n, events)
    SELECT run.id, 0, 1, 1, jsonb_build_array(jsonb_build_object('type', 'run.queued', 'data',
      jsonb_build_object('run_id', run.id, 'thread_id', run.thread_id, 'agent', run.agent)))
    FROM run
  )
  SELECT thread_id, agent, model FROM run`;

const ACCEPT_ON_NEW_THREAD = {
  name: 'accept-run-on-new-thread',
  text: `WITH ${AGENT.replace('THREAD_AGENT', 'NULL')},
  thread AS (
    INSERT INTO threads (id, tenant_id, user_id, agent, head_message_id, message_count)
    SELECT $14::uuid, $1, $3, slug, $9, 1 FROM accepted
    RETURNING id, NULL::uuid AS parent_id
  ), ${RUN}`,
};

const ACCEPT_ON_THREAD = {
  name: 'accept-run-on-thread',
  text: `WITH ${AGENT.replace('THREAD_AGENT', '(SELECT agent FROM threads WHERE id = $14::uuid AND tenant_id = $1)')},
  thread AS (
    UPDATE threads SET head_message_id = $9, message_count = threads.message_count + 1, updated_at = now(),
      user_id = coalesce(threads.user_id, $3), agent = coalesce(threads.agent, accepted.slug)
    FROM accepted, (SELECT id, head_message_id FROM threads WHERE id = $14 AND tenant_id = $1 FOR UPDATE) AS before
    WHERE threads.id = before.id
    RETURNING threads.id, before.head_message_id AS parent_id
  ), ${RUN}`,
};

const FIND_OR_MAKE_EXTERNAL_THREAD = {
  name: 'find-or-make-external-thread',
  text: `WITH made AS (
      INSERT INTO threads (id, tenant_id, user_id, external_id) VALUES ($1, $2, $3, $4)
      ON CONFLICT (tenant_id, external_id) WHERE external_id IS NOT NULL DO NOTHING RETURNING id
    )
    SELECT id FROM made UNION ALL SELECT id FROM threads WHERE tenant_id = $2 AND external_id = $4 LIMIT 1`,
};

/**
 * Stores everything that an accepted run needs, in one statement: idempotency row, user, thread, message, run, event.
 * Once this returns, the run survives anything.
 * @throws TroupeError `agent_not_found`, `thread_not_found`, `thread_busy`, `idempotency_key_reused`
 */
export async function acceptRun(database: Database, input: AcceptRunInput): Promise<AcceptedRunRow> {
  const threadId = await chooseThread(database, input);
  const rows = await store(database, input, threadId);
  const [row] = rows;
  if (row) {
    return { runId: input.runId, threadId: row.thread_id, agent: row.agent, model: row.model, replayed: false };
  }
  return explainRefusal(database, input, threadId);
}

async function chooseThread(database: Queryable, { thread, tenantId, userId }: AcceptRunInput): Promise<string> {
  if (thread.type === 'new') return newId();
  if (thread.type === 'id') return thread.id;
  const values = [newId(), tenantId, userId, thread.externalId];
  const [found] = await database.query<{ id: string }>(FIND_OR_MAKE_EXTERNAL_THREAD, values);
  // Both halves see nothing when another request made the thread after this statement began: it is there now.
  if (found) return found.id;
  const [made] = await database.query<{ id: string }>(FIND_OR_MAKE_EXTERNAL_THREAD, values);
  if (!made) throw new Error('The thread was deleted while it was being found.');
  return made.id;
}

async function store(database: Queryable, input: AcceptRunInput, threadId: string): Promise<AcceptRow[]> {
  const statement = input.thread.type === 'new' ? ACCEPT_ON_NEW_THREAD : ACCEPT_ON_THREAD;
  try {
    return await database.query<AcceptRow>(statement, [
      input.tenantId,
      input.runId,
      input.userId,
      input.agent,
      input.defaultAgent,
      input.model,
      input.defaultModel,
      input.deadlineSeconds,
      newId(),
      JSON.stringify(input.content),
      input.idempotency?.endpoint ?? null,
      input.idempotency?.key ?? null,
      input.idempotency?.requestHash ?? null,
      threadId,
    ]);
  } catch (error) {
    if (!violates(error, 'runs_one_active_per_thread')) throw error;
    throw new TroupeError({
      code: 'thread_busy',
      fault: 'caller',
      message: `Thread ${threadId} is working on another run. Wait until it ends, cancel it, or use another thread.`,
      retryable: true,
      retryAfterMs: 1_000,
      details: { thread_id: threadId },
      cause: error,
    });
  }
}
