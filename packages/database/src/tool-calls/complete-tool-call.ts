import type { EventId, GuardrailTripped, RunEventBody } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { POLL_GRACE_SECONDS } from '../runs/poll-grace.js';

export interface ToolCallOutcome {
  toolCallId: string;
  /** The token of the dispatch. */
  dispatches: number;
  state: 'completed' | 'failed' | 'unknown' | 'cancelled';
  /** What the model reads. */
  result: string;
  /** What guardrails of the result did about it. */
  tripped?: GuardrailTripped[];
  /** The result itself, where a guardrail has yet to read it: `result` is what others see until then. */
  held?: string;
  /** Whether words of strangers were read for it, where that is known. */
  untrusted?: boolean;
}

export interface CompletedToolCall {
  runId: string;
  /** Set for the last call of the round: the run is queued again and this is its ring. */
  resume: { step: number; dispatch: number } | null;
  /** For its readers, in order: the result and, where only people are left to wait for, that. */
  events: { event: RunEventBody; id: EventId }[];
}

/** With this result nothing is under way any more, and people are still to decide on other calls of the round. */
const ONLY_PEOPLE_LEFT = 'pending_tool_calls > 1 AND pending_tool_calls - 1 = pending_approvals + pending_inputs';
const AWAITED = `CASE WHEN pending_approvals > 0 THEN 'approval' ELSE 'input' END`;

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
      UPDATE messages SET withheld = $8::jsonb, content = jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
        'type', 'tool_result', 'tool_call_id', call.call_id, 'name', call.name,
        'status', CASE WHEN $7::text IS NULL THEN $5::text ELSE 'held' END,
        'held_as', CASE WHEN $7 IS NOT NULL THEN $5 END, 'content', coalesce($7, $4::text),
        'untrusted', $9::boolean)))
      FROM call WHERE messages.id = call.message_id
    ),
    run AS (
      UPDATE runs SET
        pending_tool_calls = pending_tool_calls - 1,
        event_n = event_n + jsonb_array_length($6::jsonb) + 1 + (${ONLY_PEOPLE_LEFT})::integer,
        status = CASE WHEN pending_tool_calls = 1 THEN 'queued' ELSE status END,
        wait_kind = CASE WHEN pending_tool_calls = 1 THEN NULL WHEN ${ONLY_PEOPLE_LEFT} THEN ${AWAITED} ELSE wait_kind END,
        awaiting_since = CASE WHEN ${ONLY_PEOPLE_LEFT} THEN now() END,
        step = CASE WHEN pending_tool_calls = 1 THEN runs.step + 1 ELSE runs.step END,
        dispatch = CASE WHEN pending_tool_calls = 1 THEN dispatch + 1 ELSE dispatch END,
        next_wake_at = now() + interval '${POLL_GRACE_SECONDS} seconds'
      FROM call WHERE runs.id = call.run_id AND runs.status = 'waiting'
      RETURNING runs.id, runs.tenant_id, runs.status, runs.step, runs.dispatch, runs.attempt, call.step AS round,
        CASE WHEN runs.awaiting_since IS NOT NULL THEN runs.wait_kind END AS awaited,
        runs.event_n - (runs.awaiting_since IS NOT NULL)::integer AS event_n
    ),
    event AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT run.id, run.attempt, run.event_n + (run.awaited IS NOT NULL)::integer,
        run.event_n - jsonb_array_length($6::jsonb),
        $6::jsonb || jsonb_build_array(jsonb_build_object(
          'type', 'tool_call.completed', 'data', jsonb_build_object(
            'tool_call_id', call.id, 'name', call.name, 'status', $5::text, 'result', $4::text)))
        || CASE WHEN run.awaited IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object(
          'type', 'run.waiting', 'data', jsonb_build_object('kind', run.awaited))) END
      FROM run, call
    ),
    round AS (
      INSERT INTO run_steps (run_id, index, tenant_id, kind, attempt, started_at)
      SELECT run.id, run.round, run.tenant_id, 'tools', run.attempt,
        (SELECT min(created_at) FROM tool_calls WHERE run_id = run.id AND step = run.round)
      FROM run WHERE run.status = 'queued'
    )
    SELECT run.id AS run_id, run.status = 'queued' AS last, run.step, run.dispatch, run.attempt, run.event_n, run.awaited,
      call.name
    FROM run, call`,
};

interface CompleteRow {
  run_id: string;
  last: boolean;
  step: number;
  dispatch: number;
  attempt: number;
  event_n: number;
  awaited: 'approval' | 'input' | null;
  name: string;
}

/** Stores a result once. Undefined when the call has one, was sent again by somebody else, or its run has ended. */
export async function completeToolCall(
  database: Queryable,
  outcome: ToolCallOutcome,
): Promise<CompletedToolCall | undefined> {
  const status = outcome.state === 'completed' ? 'completed' : 'failed';
  const tripped = (outcome.tripped ?? []).map((data): RunEventBody => ({ type: 'guardrail.tripped', data }));
  const [row] = await database.query<CompleteRow>(COMPLETE_TOOL_CALL, [
    outcome.toolCallId,
    outcome.dispatches,
    outcome.state,
    outcome.result,
    status,
    JSON.stringify(tripped),
    outcome.held ?? null,
    withheldBy(outcome),
    outcome.untrusted ?? null,
  ]);
  if (!row) return undefined;
  const { attempt, event_n: n, awaited } = row;
  return {
    runId: row.run_id,
    resume: row.last ? { step: row.step, dispatch: row.dispatch } : null,
    events: [
      ...tripped.map((event, index) => ({ event, id: { attempt, n: n - tripped.length + index } })),
      {
        event: {
          type: 'tool_call.completed',
          data: { tool_call_id: outcome.toolCallId, name: row.name, status, result: outcome.result },
        },
        id: { attempt, n },
      },
      ...(awaited
        ? [{ event: { type: 'run.waiting' as const, data: { kind: awaited } }, id: { attempt, n: n + 1 } }]
        : []),
    ],
  };
}

function withheldBy({ tripped = [] }: ToolCallOutcome): string | null {
  const by = tripped.find(({ action }) => action !== 'allow');
  return by ? JSON.stringify({ guardrail: by.guardrail, reason: by.reason }) : null;
}
