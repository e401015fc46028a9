import { type RunStatus, TroupeError } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { agentNotFound } from './explain-refusal.js';
import { POLL_GRACE_SECONDS } from './poll-grace.js';
import { runNotFound } from './read-run.js';

export interface ReplayRunInput {
  tenantId: string;
  /** The run that ended without an answer. */
  runId: string;
  newRunId: string;
  newMessageId: string;
  deadlineSeconds: number;
  /** `provider/model` that wins over the old run's; null: the same. */
  model: string | null;
}

export interface ReplayedRun {
  runId: string;
  threadId: string;
  agent: string;
}

/**
 * The old run stays as it ended. Its input becomes a new message beside the old one, under the same parent, and the
 * thread goes on from there; that of a run which never started has no place yet and comes last. The agent is taken as it
 * is now, since that is often what was mended.
 */
const REPLAY_RUN = {
  name: 'replay-run',
  text: `WITH old AS (
      SELECT runs.thread_id, runs.user_id, coalesce($6, runs.model) AS model, messages.parent_id,
        runs.options || jsonb_strip_nulls(jsonb_build_object('model', $6::text)) AS options, runs.blocked AS never_started, coalesce(runs.waiting_input, messages.content) AS content,
        agents.id AS agent_id, agents.version AS agent_version, agents.slug AS agent
      FROM runs
      LEFT JOIN messages ON messages.id = runs.input_message_id
      JOIN agents ON agents.id = runs.agent_id AND agents.deleted_at IS NULL
      WHERE runs.id = $1 AND runs.tenant_id = $2 AND runs.status IN ('failed', 'cancelled', 'expired')
        AND (runs.blocked OR messages.id IS NOT NULL)
    ),
    before AS (
      SELECT id, head_message_id FROM threads
      WHERE id = (SELECT thread_id FROM old) AND active_run_id IS NULL AND waiting_runs = 0 FOR UPDATE
    ),
    thread AS (
      UPDATE threads SET head_message_id = $4, message_count = message_count + 1, updated_at = now(), active_run_id = $3
      FROM before WHERE threads.id = before.id
      RETURNING threads.id, before.head_message_id AS previous_head
    ),
    message AS (
      INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, run_id)
      SELECT $4, $2, thread.id,
        CASE WHEN old.never_started THEN thread.previous_head ELSE old.parent_id END, 'user', old.content, $3 FROM old, thread
    ),
    run AS (
      INSERT INTO runs (id, tenant_id, thread_id, user_id, agent_id, agent_version, agent, model, status,
        next_wake_at, deadline_at, input_message_id, head_message_id, options)
      SELECT $3, $2, thread.id, old.user_id, old.agent_id, old.agent_version, old.agent, old.model, 'queued',
        now() + interval '${POLL_GRACE_SECONDS} seconds', now() + make_interval(secs => $5), $4, $4, old.options
      FROM old, thread
      RETURNING id, thread_id, agent
    ),
    event AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT run.id, 0, 1, 1, jsonb_build_array(jsonb_build_object('type', 'run.queued', 'data',
        jsonb_build_object('run_id', run.id, 'thread_id', run.thread_id, 'agent', run.agent)))
      FROM run
    )
    SELECT thread_id, agent FROM run`,
};

const READ_REFUSED = {
  name: 'read-refused-replay',
  text: `SELECT runs.status, runs.agent, agents.id IS NOT NULL AS agent_lives,
      threads.active_run_id IS NOT NULL OR threads.waiting_runs > 0 AS thread_busy
    FROM runs JOIN threads ON threads.id = runs.thread_id
    LEFT JOIN agents ON agents.id = runs.agent_id AND agents.deleted_at IS NULL
    WHERE runs.id = $1 AND runs.tenant_id = $2`,
};

const REPLAYABLE: ReadonlySet<RunStatus> = new Set<RunStatus>(['failed', 'cancelled', 'expired']);

interface RefusedRow {
  status: RunStatus;
  agent: string;
  agent_lives: boolean;
  thread_busy: boolean;
}

/**
 * Runs the input of an ended run again, as a new run on the same thread.
 * @throws TroupeError `run_not_found`, `run_not_replayable`, `agent_not_found`, `thread_busy`
 */
export async function replayRun(database: Queryable, input: ReplayRunInput): Promise<ReplayedRun> {
  const { runId, tenantId, newRunId, newMessageId, deadlineSeconds, model } = input;
  const values = [runId, tenantId, newRunId, newMessageId, deadlineSeconds, model];
  const [row] = await database.query<{ thread_id: string; agent: string }>(REPLAY_RUN, values);
  if (!row) throw await refusal(database, tenantId, runId);
  return { runId: newRunId, threadId: row.thread_id, agent: row.agent };
}

async function refusal(database: Queryable, tenantId: string, runId: string): Promise<TroupeError> {
  const [old] = await database.query<RefusedRow>(READ_REFUSED, [runId, tenantId]);
  if (!old) return runNotFound(runId);
  if (REPLAYABLE.has(old.status) && !old.agent_lives) return agentNotFound(old.agent, []);
  if (REPLAYABLE.has(old.status) && old.thread_busy) {
    return new TroupeError({
      code: 'thread_busy',
      fault: 'caller',
      message: `The thread of run ${runId} is working on another run. Wait until it ends, or cancel it.`,
      retryable: true,
      retryAfterMs: 1_000,
    });
  }
  return new TroupeError({
    code: 'run_not_replayable',
    fault: 'caller',
    message: `Run ${runId} is ${old.status}. Only a run that failed, expired or was cancelled can be replayed.`,
    details: { run_id: runId },
  });
}
