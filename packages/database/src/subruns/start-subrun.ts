import { type ContentPart, newId, type RunEventBody } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { POLL_GRACE_SECONDS } from '../runs/poll-grace.js';
import type { Delegate } from '../runs/step-commit.js';

export interface NewSubrun {
  toolCallId: string;
  /** The token of the dispatch. */
  dispatches: number;
  delegate: Delegate;
  /** What its agent reads. */
  content: ContentPart[];
}

export interface StartedSubrun {
  runId: string;
  parentRunId: string;
  /** For the readers of the run that called. */
  event: RunEventBody & { type: 'subrun.started' };
  eventId: { attempt: number; n: number };
}

/**
 * The run under a call of an agent, with a thread and a message of its own, and the note of it in the log of the run that
 * called. A call has one: `subrun_id` is set once, and its lease, which nobody has to renew, never ends. What a run may
 * take of the world it has from the one above: tenant, user, key, deadline, and whether what it is told may be a stranger's words.
 */
const START_SUBRUN = {
  name: 'start-subrun',
  text: `WITH parent AS (
      SELECT runs.* FROM runs JOIN tool_calls ON run_id = runs.id
      WHERE tool_calls.id = $1 AND runs.status = 'waiting' FOR UPDATE OF runs
    ),
    call AS (
      UPDATE tool_calls SET subrun_id = $3, lease_until = 'infinity'
      FROM parent WHERE tool_calls.id = $1 AND dispatches = $2 AND state = 'dispatched' AND subrun_id IS NULL
      RETURNING tool_calls.id
    ),
    thread AS (
      INSERT INTO threads (id, tenant_id, user_id, agent, head_message_id, message_count, active_run_id, parent_run_id,
        untrusted)
      SELECT $4, parent.tenant_id, parent.user_id, $7, $5, 1, $3, parent.id, $12::boolean FROM parent, call
    ),
    message AS (
      INSERT INTO messages (id, tenant_id, thread_id, role, content, run_id)
      SELECT $5, parent.tenant_id, $4, 'user', $6::jsonb, $3 FROM parent, call
    ),
    run AS (
      INSERT INTO runs (id, tenant_id, thread_id, user_id, agent_id, agent_version, agent, model, status, next_wake_at,
        deadline_at, input_message_id, head_message_id, options, parent_run_id, parent_tool_call_id, depth)
      SELECT $3, parent.tenant_id, $4, parent.user_id, $8, $9, $7, $10, 'queued',
        now() + interval '${POLL_GRACE_SECONDS} seconds', parent.deadline_at, $5, $5,
        (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(parent.options)
          WHERE key IN ('background', 'api_key_id', 'permission_mode')) || $11::jsonb,
        parent.id, call.id, parent.depth + 1
      FROM parent, call
    ),
    queued AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT $3, 0, 1, 1, jsonb_build_array(jsonb_build_object('type', 'run.queued', 'data',
        jsonb_build_object('run_id', $3::uuid, 'thread_id', $4::uuid, 'agent', $7::text)))
      FROM call
    ),
    logged AS (
      UPDATE runs SET event_n = runs.event_n + 1 FROM parent, call WHERE runs.id = parent.id
      RETURNING runs.id, runs.attempt, runs.event_n
    ),
    started AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT logged.id, logged.attempt, logged.event_n, logged.event_n, jsonb_build_array(jsonb_build_object(
        'type', 'subrun.started', 'data', jsonb_build_object(
          'tool_call_id', call.id, 'run_id', $3::uuid, 'thread_id', $4::uuid, 'agent', $7::text)))
      FROM logged, call
    )
    SELECT id AS parent_run_id, attempt, event_n FROM logged`,
};

/** Undefined when the call has a run already, was sent again by somebody else, or nobody waits for it any more. */
export async function startSubrun(database: Queryable, subrun: NewSubrun): Promise<StartedSubrun | undefined> {
  const { toolCallId, dispatches, delegate, content } = subrun;
  const { agent, agent_id, agent_version, model, limits, untrusted = false } = delegate;
  const [runId, threadId, messageId] = [newId(), newId(), newId()];
  const ids = [toolCallId, dispatches, runId, threadId, messageId];
  const options = JSON.stringify(limits ? { limits } : {});
  const values = [...ids, JSON.stringify(content), agent, agent_id, agent_version, model, options, untrusted];
  const [row] = await database.query<{ parent_run_id: string; attempt: number; event_n: number }>(START_SUBRUN, values);
  if (!row) return undefined;
  return {
    runId,
    parentRunId: row.parent_run_id,
    event: {
      type: 'subrun.started',
      data: { tool_call_id: toolCallId, run_id: runId, thread_id: threadId, agent },
    },
    eventId: { attempt: row.attempt, n: row.event_n },
  };
}
