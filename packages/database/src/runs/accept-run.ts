import { newId } from '@troupe/contracts';
import type { Database, Queryable } from '../database.js';
import type { AcceptedRunRow, AcceptRunInput, NamedThread } from './accept-run-input.js';
import { ACCEPTED, AGENT_OF_THREAD, acceptanceOf, agentOf } from './acceptance.js';
import { explainRefusal } from './explain-refusal.js';
import { joinLine } from './join-line.js';
import { POLL_GRACE_SECONDS } from './poll-grace.js';
import { steerRun } from './steer-run.js';

const RUN = `
  message AS (
    INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, run_id)
    SELECT thread.input_id, given.tenant_id, thread.id, thread.parent_id, 'user', given.content, run_id
    FROM thread JOIN given USING (run_id)
  ),
  run AS (
    INSERT INTO runs (id, tenant_id, thread_id, user_id, agent_id, agent_version, agent, model, status,
      next_wake_at, deadline_at, input_message_id, head_message_id, multitask_strategy, options)
    SELECT run_id, given.tenant_id, thread.id, given.user_id, accepted.id, accepted.version, accepted.slug, accepted.model,
      'queued', now() + interval '${POLL_GRACE_SECONDS} seconds', now() + make_interval(secs => given.deadline_in),
      thread.input_id, thread.input_id, given.strategy, given.options
    FROM accepted JOIN thread USING (run_id) JOIN given USING (run_id)
    RETURNING id, thread_id, agent, model
  ),
  event AS (
    INSERT INTO run_events (run_id, attempt, n, first_n, events)
    SELECT run.id, 0, 1, 1, jsonb_build_array(jsonb_build_object('type', 'run.queued', 'data',
      jsonb_build_object('run_id', run.id, 'thread_id', run.thread_id, 'agent', run.agent)))
    FROM run
  )
  SELECT id, thread_id, agent, model FROM run`;

const ACCEPT_ON_NEW_THREADS = {
  name: 'accept-runs-on-new-threads',
  text: `WITH ${agentOf('NULL')},
  room AS (SELECT * FROM agent), ${ACCEPTED},
  thread AS (
    INSERT INTO threads (id, tenant_id, user_id, agent, head_message_id, message_count, active_run_id)
    SELECT given.thread_id, given.tenant_id, given.user_id, slug, given.message_id, 1, run_id
    FROM accepted JOIN given USING (run_id)
    RETURNING id, active_run_id AS run_id, head_message_id AS input_id, NULL::uuid AS parent_id
  ), ${RUN}`,
};

/**
 * Whether the thread is free is read from its own row under its lock, which every end of a run takes as well. The rows of
 * its runs would be those of before the lock, and a conflict on their index could wait for a commit that waits for us.
 */
const ACCEPT_ON_FREE_THREAD = {
  name: 'accept-run-on-free-thread',
  text: `WITH ${agentOf(AGENT_OF_THREAD)},
  room AS (
    SELECT agent.*, threads.id AS thread_id, threads.head_message_id
    FROM agent JOIN given USING (run_id) JOIN threads ON threads.id = given.thread_id
    WHERE threads.tenant_id = given.tenant_id AND active_run_id IS NULL AND waiting_runs = 0
    FOR UPDATE OF threads
  ), ${ACCEPTED},
  thread AS (
    UPDATE threads SET active_run_id = accepted.run_id, message_count = threads.message_count + 1, updated_at = now(),
      head_message_id = CASE WHEN given.message_id > accepted.head_message_id THEN given.message_id
        ELSE message_id_after(accepted.head_message_id, given.message_id) END,
      user_id = coalesce(threads.user_id, given.user_id), agent = coalesce(threads.agent, accepted.slug)
    FROM accepted JOIN given USING (run_id) WHERE threads.id = accepted.thread_id
    RETURNING threads.id, accepted.run_id, threads.head_message_id AS input_id, accepted.head_message_id AS parent_id
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

/** A thread becomes free or busy between two statements a few times at most; then its caller may try again. */
const MAX_TRIES = 3;

/**
 * Stores everything that an accepted run needs, in one statement: idempotency row, user, thread, message, run, event.
 * Once this returns, the run survives anything. Where the thread works on another run, the strategy decides.
 * @throws TroupeError `agent_not_found`, `thread_not_found`, `thread_busy`, `idempotency_key_reused`
 */
export async function acceptRun(database: Database, input: AcceptRunInput): Promise<AcceptedRunRow> {
  const { thread } = input;
  if (thread.type === 'new') {
    const [accepted] = await acceptOnNewThreads(database, [input]);
    return accepted ?? explainRefusal(database, input);
  }
  const threadId = await findThread(database, input, thread);
  return (await acceptOnThread(database, input, threadId)) ?? explainRefusal(database, input, threadId);
}

/**
 * Does the same for several runs at once, each on a new thread of its own; in the order of `inputs`. Undefined: nothing was
 * stored for that one, and `acceptRun` says why.
 */
export async function acceptOnNewThreads(
  database: Queryable,
  inputs: readonly AcceptRunInput[],
): Promise<(AcceptedRunRow | undefined)[]> {
  const rows = await database.query<AcceptanceRow>(ACCEPT_ON_NEW_THREADS, [
    JSON.stringify(inputs.map((input) => acceptanceOf(input, newId()))),
  ]);
  return inputs.map(({ runId }) => acceptedFrom(rows.find(({ id }) => id === runId)));
}

async function acceptOnThread(
  database: Queryable,
  input: AcceptRunInput,
  threadId: string,
): Promise<AcceptedRunRow | undefined> {
  const strategy = input.multitaskStrategy ?? 'reject';
  const begin = async () => {
    const values = [JSON.stringify([acceptanceOf(input, threadId)])];
    const [row] = await database.query<AcceptanceRow>(ACCEPT_ON_FREE_THREAD, values);
    return acceptedFrom(row);
  };
  if (strategy === 'reject') return begin();
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const steered = strategy === 'steer' ? await steerRun(database, input, threadId) : undefined;
    const accepted = steered ?? (await begin());
    if (accepted) return accepted;
    // A run may have begun between the two statements. One that takes no message, because it is being cancelled or has too
    // many, takes none the second time: then the message waits for the thread as a run of its own.
    if (strategy === 'steer' && tries === 0) continue;
    const waiting = await joinLine(database, input, threadId);
    if (waiting) return waiting;
  }
  return undefined;
}

/** The id of the thread that a request names; one by the application's own name is made when it is missing. */
export async function findThread(
  database: Queryable,
  { tenantId, userId }: AcceptRunInput,
  thread: NamedThread,
): Promise<string> {
  if (thread.type === 'id') return thread.id;
  const values = [newId(), tenantId, userId, thread.externalId];
  const [found] = await database.query<{ id: string }>(FIND_OR_MAKE_EXTERNAL_THREAD, values);
  // Both halves see nothing when another request made the thread after this statement began: it is there now.
  if (found) return found.id;
  const [made] = await database.query<{ id: string }>(FIND_OR_MAKE_EXTERNAL_THREAD, values);
  if (!made) throw new Error('The thread was deleted while it was being found.');
  return made.id;
}

interface AcceptanceRow {
  id: string;
  thread_id: string;
  agent: string;
  model: string;
}

function acceptedFrom(row: AcceptanceRow | undefined): AcceptedRunRow | undefined {
  if (!row) return undefined;
  const { id: runId, thread_id: threadId, agent, model } = row;
  return { runId, threadId, agent, model, replayed: false, steered: false, wait: null };
}
