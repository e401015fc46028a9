import type { Approval, ApprovalOutcome, ApprovalState, EventId, JsonObject, RunEventBody } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { POLL_GRACE_SECONDS } from '../runs/poll-grace.js';
import { completeToolCall } from '../tool-calls/complete-tool-call.js';
import { APPROVAL_COLUMNS, type ApprovalRow, approvalFromRow, decidedData } from './approval-row.js';

/** What becomes of a call that waited. */
export type CallSettlement =
  /** It is sent, with other arguments where some are given. */
  | { do: 'send'; arguments?: JsonObject }
  /** It has its result without having been sent. */
  | { do: 'complete'; status: 'completed' | 'failed'; result: string };

export interface Settlement {
  state: Extract<ApprovalState, 'approved' | 'rejected' | 'answered' | 'expired'>;
  outcome: ApprovalOutcome | null;
  decidedBy: string | null;
  call: CallSettlement;
}

/** What became true with a settlement, for the world to be told. */
export interface SettledApproval {
  approval: Approval;
  /** For the readers of the run, and of the one at the top, in order. */
  events: { runId: string; event: RunEventBody; id: EventId }[];
  /** A call that may be sent now, by its id. */
  send: string | null;
  /** Set where a model turn is next: what to ring for. */
  resume: { step: number; dispatch: number } | null;
}

/**
 * The approval, its call, the run's count of what it waits for and the event of it. Everything depends on the approval's
 * state: of two that settle it at once, one finds it changed. A call that has its result by the decision is `dispatched` for
 * the rest of the transaction, which hands it to the statement that stores results. What passes of the deadline while the
 * run waits for nobody but people is added to it; a pause adds its own time.
 */
const SETTLE_APPROVAL = {
  name: 'settle-approval',
  text: `WITH settled AS (
      UPDATE approvals SET state = $2, decision = $3::jsonb, decided_by = $4, decided_at = now()
      WHERE id = $1 AND state = 'pending' RETURNING ${APPROVAL_COLUMNS}
    ),
    call AS (
      UPDATE tool_calls SET state = $5, arguments = coalesce($6::jsonb, tool_calls.arguments), edited = $6 IS NOT NULL,
        lease_until = now() + interval '${POLL_GRACE_SECONDS} seconds'
      FROM settled WHERE tool_calls.id = settled.tool_call_id AND tool_calls.state = 'awaiting'
      RETURNING tool_calls.run_id
    ),
    run AS (
      UPDATE runs SET
        pending_approvals = pending_approvals - (settled.kind = 'tool')::integer,
        pending_inputs = pending_inputs - (settled.kind = 'input')::integer,
        wait_kind = 'tool', event_n = event_n + 1, awaiting_since = NULL,
        deadline_at = deadline_at + before.waited
      FROM settled, call, LATERAL (
        SELECT CASE WHEN waiting.awaiting_since IS NULL THEN interval '0'
          ELSE greatest(interval '0', coalesce(waiting.paused_at, now()) - waiting.awaiting_since) END AS waited
        FROM runs AS waiting WHERE waiting.id = call.run_id
      ) AS before
      WHERE runs.id = call.run_id AND runs.status = 'waiting'
      RETURNING runs.id, runs.attempt, runs.event_n, runs.parent_run_id IS NOT NULL AS nested,
        extract(epoch FROM before.waited)::float8 AS waited_seconds
    )
    SELECT settled.*, run.attempt, run.event_n, run.nested, run.waited_seconds FROM settled, run`,
};

/** The runs above stood still with it; that at the top hears of the decision. */
const TELL_RUNS_ABOVE = {
  name: 'tell-runs-above',
  text: `WITH RECURSIVE up AS (
      SELECT parent_run_id AS id FROM runs WHERE id = $1
      UNION ALL
      SELECT runs.parent_run_id FROM up JOIN runs ON runs.id = up.id WHERE runs.parent_run_id IS NOT NULL
    ),
    above AS (
      UPDATE runs SET deadline_at = deadline_at + make_interval(secs => $3),
        event_n = event_n + (runs.id = $2)::integer
      FROM up WHERE runs.id = up.id AND status = 'waiting'
      RETURNING runs.id, attempt, event_n
    ),
    event AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT id, attempt, event_n, event_n, $4::jsonb FROM above WHERE id = $2
    )
    SELECT attempt, event_n AS n FROM above WHERE id = $2`,
};

const STORE_DECIDED_EVENT = {
  name: 'store-decided-event',
  text: `INSERT INTO run_events (run_id, attempt, n, first_n, events) VALUES ($1, $2, $3, $3, $4::jsonb)`,
};

/**
 * Settles one approval of a run that waits, in the transaction that holds the lock of the run's row.
 * Undefined when the approval is not pending; then nothing has changed.
 */
export async function settleApproval(
  transaction: Queryable,
  approvalId: string,
  { state, outcome, decidedBy, call }: Settlement,
): Promise<SettledApproval | undefined> {
  const changed = call.do === 'send' ? call.arguments : undefined;
  const [row] = await transaction.query<SettledRow>(SETTLE_APPROVAL, [
    approvalId,
    state,
    outcome && JSON.stringify(outcome),
    decidedBy,
    call.do === 'send' ? 'prepared' : 'dispatched',
    changed ? JSON.stringify(changed) : null,
  ]);
  if (!row) return undefined;
  const { attempt, event_n: n, nested, waited_seconds, ...stored } = row;
  const { run_id: runId } = row;
  const event: RunEventBody = { type: 'approval.decided', data: decidedData(stored) };
  await transaction.query(STORE_DECIDED_EVENT, [runId, attempt, n, JSON.stringify([event])]);
  const above = nested ? await tellRunsAbove(transaction, row, waited_seconds) : [];
  const decided = { approval: approvalFromRow(stored), events: [{ runId, event, id: { attempt, n } }, ...above] };
  if (call.do === 'send') return { ...decided, send: row.tool_call_id, resume: null };
  const completed = await completeToolCall(transaction, {
    toolCallId: row.tool_call_id,
    dispatches: 0,
    state: call.status,
    result: call.result,
  });
  if (!completed) throw new Error(`The call of approval ${approvalId} did not take its result.`);
  const events = completed.events.map((told) => ({ runId, ...told }));
  return { ...decided, events: [...decided.events, ...events], send: null, resume: completed.resume };
}

interface SettledRow extends ApprovalRow {
  attempt: number;
  event_n: number;
  /** Another run called it. */
  nested: boolean;
  waited_seconds: number;
}

async function tellRunsAbove(
  transaction: Queryable,
  row: ApprovalRow,
  waitedSeconds: number,
): Promise<SettledApproval['events']> {
  const { run_id, root_run_id: runId } = row;
  const event: RunEventBody = { type: 'approval.decided', data: { ...decidedData(row), run_id } };
  const values = [run_id, runId, waitedSeconds, JSON.stringify([event])];
  const [id] = await transaction.query<EventId>(TELL_RUNS_ABOVE, values);
  return id ? [{ runId, event, id }] : [];
}
