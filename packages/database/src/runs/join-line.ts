import type { Queryable } from '../database.js';
import type { AcceptedRunRow, AcceptRunInput } from './accept-run-input.js';
import { ACCEPTED, AGENT_OF_THREAD, acceptanceOf, agentOf } from './acceptance.js';
import { MAX_WAITING_RUNS } from './waiting-line.js';

/**
 * Accepts a run that has to wait, under the lock of the thread's row. Its message stays with the run, and joins the thread
 * when the run starts: then it gets its place and its id.
 */
const JOIN_LINE = {
  name: 'join-line',
  text: `WITH ${agentOf(AGENT_OF_THREAD)},
  room AS (
    SELECT agent.*, threads.id AS thread_id, threads.active_run_id AS behind
    FROM agent JOIN given USING (run_id) JOIN threads ON threads.id = given.thread_id
    WHERE threads.tenant_id = given.tenant_id
      AND (active_run_id IS NOT NULL OR waiting_runs > 0) AND waiting_runs < ${MAX_WAITING_RUNS}
    FOR UPDATE OF threads
  ), ${ACCEPTED},
  thread AS (
    UPDATE threads SET waiting_runs = waiting_runs + 1, last_place = last_place + 1
    FROM accepted WHERE threads.id = accepted.thread_id
    RETURNING threads.id, threads.last_place
  ),
  run AS (
    INSERT INTO runs (id, tenant_id, thread_id, user_id, agent_id, agent_version, agent, model, status, wait_kind,
      next_wake_at, deadline_at, input_message_id, head_message_id,
      multitask_strategy, blocked, place, waiting_input, replaces_run_id, options)
    SELECT run_id, given.tenant_id, thread.id, given.user_id, accepted.id, accepted.version, accepted.slug, accepted.model,
      'queued', 'thread', now() + make_interval(secs => given.deadline_in), now() + make_interval(secs => given.deadline_in),
      given.message_id, given.message_id, given.strategy, true, thread.last_place, given.content,
      CASE WHEN given.strategy IN ('interrupt', 'rollback') THEN accepted.behind END, given.options
    FROM accepted JOIN given USING (run_id), thread
    RETURNING id, thread_id, agent, model
  ),
  event AS (
    INSERT INTO run_events (run_id, attempt, n, first_n, events)
    SELECT run.id, 0, 1, 1, jsonb_build_array(jsonb_build_object('type', 'run.queued', 'data', jsonb_strip_nulls(
      jsonb_build_object('run_id', run.id, 'thread_id', run.thread_id, 'agent', run.agent, 'behind', accepted.behind))))
    FROM run, accepted
  )
  SELECT run.thread_id, run.agent, run.model, accepted.behind FROM run, accepted`,
};

/** Has the run wait for its thread; undefined when the thread is free, or refuses the run. */
export async function joinLine(
  database: Queryable,
  input: AcceptRunInput,
  threadId: string,
): Promise<AcceptedRunRow | undefined> {
  const [row] = await database.query<{ thread_id: string; agent: string; model: string; behind: string | null }>(
    JOIN_LINE,
    [JSON.stringify([acceptanceOf(input, threadId)])],
  );
  if (!row) return undefined;
  const { thread_id, agent, model, behind } = row;
  const ids = { runId: input.runId, threadId: thread_id };
  return { ...ids, agent, model, replayed: false, steered: false, wait: { behind } };
}
