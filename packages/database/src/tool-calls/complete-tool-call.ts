import type { RunEventBody } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { POLL_GRACE_SECONDS } from '../runs/poll-grace.js';

export interface ToolCallOutcome {
  toolCallId: string;
  /** The token of the dispatch. */
  dispatches: number;
  state: 'completed' | 'failed' | 'unknown' | 'cancelled';
  /** What the model reads. */
  result: string;
}

export interface CompletedToolCall {
  runId: string;
  /** Set for the last call of the round: the run is queued again and this is its ring. */
  resume: { step: number; dispatch: number } | null;
  event: RunEventBody & { type: 'tool_call.completed' };
  eventId: { attempt: number; n: number };
}

/**
 * Second phase, and the fan-in. The counter lives on the run row and is lowered under its lock, so that of two parallel
 * finishers exactly one sees zero: an update that waited for the lock reads the row anew. The tool round becomes a step
 * and the run is queued in the same statement. The placeholder message gets its content, so pairs are never half there.
 */
const COMPLETE_TOOL_CALL = {
  name: 'complete-tool-call',
  text: `WITH call AS (
      UPDATE tool_calls SET state = $3, result = $4, finished_at = now()
      WHERE id = $1 AND dispatches = $2 AND (state = 'dispatched' OR (state = 'prepared' AND $3 IN ('cancelled', 'unknown')))
      RETURNING id, run_id, message_id, call_id, name, step
    ),
    message AS (
      UPDATE messages SET content = jsonb_build_array(jsonb_build_object('type', 'tool_result', 'tool_call_id',
        call.call_id, 'name', call.name, 'status', $5::text, 'content', $4::text))
      FROM call WHERE messages.id = call.message_id
    ),
    run AS (
      UPDATE runs SET
        pending_tool_calls = pending_tool_calls - 1, event_n = event_n + 1,
        status = CASE WHEN pending_tool_calls = 1 THEN 'queued' ELSE status END,
        wait_kind = CASE WHEN pending_tool_calls = 1 THEN NULL ELSE wait_kind END,
        step = CASE WHEN pending_tool_calls = 1 THEN runs.step + 1 ELSE runs.step END,
        dispatch = CASE WHEN pending_tool_calls = 1 THEN dispatch + 1 ELSE dispatch END,
        next_wake_at = now() + interval '${POLL_GRACE_SECONDS} seconds'
      FROM call WHERE runs.id = call.run_id AND runs.status = 'waiting'
      RETURNING runs.id, runs.tenant_id, runs.status, runs.step, runs.dispatch, runs.attempt, runs.event_n, call.step AS round
    ),
    event AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT run.id, run.attempt, run.event_n, run.event_n, jsonb_build_array(jsonb_build_object(
        'type', 'tool_call.completed', 'data', jsonb_build_object(
          'tool_call_id', call.id, 'name', call.name, 'status', $5::text, 'result', $4::text)))
      FROM run, call
    ),
    round AS (
      INSERT INTO run_steps (run_id, index, tenant_id, kind, attempt, started_at)
      SELECT run.id, run.round, run.tenant_id, 'tools', run.attempt,
        (SELECT min(created_at) FROM tool_calls WHERE run_id = run.id AND step = run.round)
      FROM run WHERE run.status = 'queued'
    )
    SELECT run.id AS run_id, run.status = 'queued' AS last, run.step, run.dispatch, run.attempt, run.event_n, call.name
    FROM run, call`,
};

interface CompleteRow {
  run_id: string;
  last: boolean;
  step: number;
  dispatch: number;
  attempt: number;
  event_n: number;
  name: string;
}

/** Stores a result once. Undefined when the call has one, was sent again by somebody else, or its run has ended. */
export async function completeToolCall(
  database: Queryable,
  outcome: ToolCallOutcome,
): Promise<CompletedToolCall | undefined> {
  const status = outcome.state === 'completed' ? 'completed' : 'failed';
  const [row] = await database.query<CompleteRow>(COMPLETE_TOOL_CALL, [
    outcome.toolCallId,
    outcome.dispatches,
    outcome.state,
    outcome.result,
    status,
  ]);
  if (!row) return undefined;
  return {
    runId: row.run_id,
    resume: row.last ? { step: row.step, dispatch: row.dispatch } : null,
    event: {
      type: 'tool_call.completed',
      data: { tool_call_id: outcome.toolCallId, name: row.name, status, result: outcome.result },
    },
    eventId: { attempt: row.attempt, n: row.event_n },
  };
}
