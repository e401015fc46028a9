import type {
  ContentPart,
  EffectClass,
  ErrorBody,
  EventId,
  FollowUpKind,
  JsonObject,
  MessageRole,
  RunEventBody,
  StopReason,
  WaitKind,
} from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { packEvents } from '../events/stored-events.js';
import type { LedgerRow } from '../usage/ledger-row.js';
import { POLL_GRACE_SECONDS } from './poll-grace.js';

/** What the run is after the step. */
export type NextState =
  /** `next_step`: the step is done. `retry`: it failed and is tried again. `handed_back`: this process stops. */
  | { status: 'queued'; wakeInMs: number; because: 'next_step' | 'retry' | 'handed_back' }
  | { status: 'waiting'; waitKind: WaitKind; pendingToolCalls: number }
  | { status: 'completed'; stopReason: StopReason; outputMessageId: string | null }
  | { status: 'failed'; stopReason: StopReason; error: ErrorBody }
  | { status: 'cancelled' }
  | { status: 'expired' };

export interface StepRow {
  index: number;
  kind: 'model' | 'tools';
  model: string | null;
  finish_reason: string | null;
  usage: JsonObject | null;
  started_at: string;
}

export interface NewMessage {
  id: string;
  parent_id: string;
  role: MessageRole;
  content: ContentPart[];
  model: string | null;
}

export interface NewToolCall {
  id: string;
  message_id: string;
  step: number;
  index: number;
  call_id: string;
  name: string;
  arguments: JsonObject;
  effect: EffectClass;
}

export interface FollowUp {
  id: string;
  kind: FollowUpKind;
  model: string;
}

export interface StepCommit {
  runId: string;
  /** The token of the claim. */
  attempt: number;
  next: NextState;
  /** Absent when the attempt ends without a finished step. */
  steps: StepRow[];
  /** In order; the last becomes the head of the thread. */
  messages: NewMessage[];
  toolCalls: NewToolCall[];
  ledger: LedgerRow[];
  followUps: FollowUp[];
  /** Events of this attempt that are not stored yet, and the place of the first. */
  events: RunEventBody[];
  firstEvent: number;
}

export interface CommittedStep {
  /** Number of the ring that the run now waits for. */
  dispatch: number;
  step: number;
  cancelRequested: boolean;
}

/**
 * The fence and everything that depends on it, in one statement: no row of the step exists unless the run row still
 * carries this attempt. The update takes the row's lock, so a claim that races it waits and then finds it changed.
 */
const COMMIT_STEP = {
  name: 'commit-step',
  text: `WITH fence AS (
      UPDATE runs SET
        status = $3, wait_kind = $4, stop_reason = $5, error = $6::jsonb, output_message_id = $7,
        next_wake_at = now() + make_interval(secs => $8), pending_tool_calls = $9,
        retry_count = CASE $10::text WHEN 'retry' THEN retry_count + 1 WHEN 'handed_back' THEN retry_count ELSE 0 END,
        crash_count = CASE WHEN $10::text IS NULL THEN 0 ELSE crash_count END,
        step = step + jsonb_array_length($11::jsonb), turn = turn + least(1, jsonb_array_length($11::jsonb)),
        claims = CASE WHEN $10::text IS NULL THEN 0 ELSE claims END,
        head_message_id = coalesce($12, head_message_id), dispatch = dispatch + 1,
        lease_owner = NULL, lease_until = NULL,
        event_attempt = CASE WHEN $10::text IS NULL THEN attempt ELSE event_attempt END,
        event_n = CASE WHEN $10::text IS NULL THEN $13 ELSE event_n END,
        input_tokens = input_tokens + $14, output_tokens = output_tokens + $15,
        cached_input_tokens = cached_input_tokens + $16, reasoning_tokens = reasoning_tokens + $17,
        cost = CASE WHEN $18::numeric IS NULL THEN cost ELSE coalesce(cost, 0) + $18 END,
        finished_at = CASE WHEN $3 IN ('completed', 'failed', 'cancelled', 'expired') THEN now() END
      WHERE id = $1 AND attempt = $2 AND status = 'running'
      RETURNING *
    ),
    new_steps AS (
      INSERT INTO run_steps (run_id, index, tenant_id, kind, attempt, model, finish_reason, usage, started_at)
      SELECT fence.id, s.index, fence.tenant_id, s.kind, fence.attempt, s.model, s.finish_reason, s.usage, s.started_at
      FROM fence, jsonb_to_recordset($11::jsonb)
        AS s(index int, kind text, model text, finish_reason text, usage jsonb, started_at timestamptz)
    ),
    new_messages AS (
      INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, run_id, agent, model)
      SELECT m.id, fence.tenant_id, fence.thread_id, m.parent_id, m.role, m.content, fence.id, fence.agent, m.model
      FROM fence, jsonb_to_recordset($19::jsonb) AS m(id uuid, parent_id uuid, role text, content jsonb, model text)
    ),
    new_tool_calls AS (
      INSERT INTO tool_calls (id, tenant_id, run_id, thread_id, user_id, message_id, step, index, call_id, name,
        arguments, effect, state, lease_until)
      SELECT c.id, fence.tenant_id, fence.id, fence.thread_id, fence.user_id, c.message_id, c.step, c.index, c.call_id,
        c.name, c.arguments, c.effect, 'prepared', now() + interval '${POLL_GRACE_SECONDS} seconds'
      FROM fence, jsonb_to_recordset($20::jsonb)
        AS c(id uuid, message_id uuid, step int, index int, call_id text, name text, arguments jsonb, effect text)
    ),
    new_events AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT fence.id, fence.attempt, $13, $21, $22::jsonb FROM fence WHERE $13::int >= $21::int
    ),
    new_ledger AS (
      INSERT INTO usage_ledger (id, tenant_id, run_id, thread_id, user_id, agent, step, attempt, purpose, provider,
        model, outcome, input_tokens, output_tokens, cached_input_tokens, cache_write_input_tokens, reasoning_tokens,
        cost, estimated)
      SELECT l.id, fence.tenant_id, fence.id, fence.thread_id, fence.user_id, fence.agent, l.step, fence.attempt,
        l.purpose, l.provider, l.model, l.outcome, l.input_tokens, l.output_tokens, l.cached_input_tokens,
        l.cache_write_input_tokens, l.reasoning_tokens, l.cost, l.estimated
      FROM fence, jsonb_to_recordset($23::jsonb) AS l(id uuid, step int, purpose text, provider text, model text,
        outcome text, input_tokens int, output_tokens int, cached_input_tokens int, cache_write_input_tokens int,
        reasoning_tokens int, cost numeric, estimated boolean)
    ),
    new_follow_ups AS (
      INSERT INTO follow_up_tasks (id, tenant_id, run_id, thread_id, user_id, kind, model, lease_until)
      SELECT f.id, fence.tenant_id, fence.id, fence.thread_id, fence.user_id, f.kind, f.model,
        now() + interval '${POLL_GRACE_SECONDS} seconds'
      FROM fence, jsonb_to_recordset($24::jsonb) AS f(id uuid, kind text, model text)
      ON CONFLICT ON CONSTRAINT follow_up_tasks_once DO NOTHING
    ),
    thread AS (
      UPDATE threads SET head_message_id = $12, message_count = message_count + jsonb_array_length($19::jsonb),
        updated_at = now()
      FROM fence WHERE threads.id = fence.thread_id AND $12::uuid IS NOT NULL
    )
    SELECT dispatch, step, cancel_requested_at IS NOT NULL AS cancel_requested FROM fence`,
};

/** Stores the outcome of an attempt. Undefined: the run belongs to another attempt now, and nothing was stored. */
export async function commitStep(database: Queryable, commit: StepCommit): Promise<CommittedStep | undefined> {
  const { next } = commit;
  const lastEvent: EventId['n'] = commit.firstEvent + commit.events.length - 1;
  const usage = sumOf(commit.ledger);
  const [row] = await database.query<{ dispatch: number; step: number; cancel_requested: boolean }>(COMMIT_STEP, [
    commit.runId,
    commit.attempt,
    next.status,
    next.status === 'waiting' ? next.waitKind : null,
    stopReasonOf(next),
    next.status === 'failed' ? JSON.stringify(next.error) : null,
    next.status === 'completed' ? next.outputMessageId : null,
    next.status === 'queued' ? next.wakeInMs / 1_000 + POLL_GRACE_SECONDS : 0,
    next.status === 'waiting' ? next.pendingToolCalls : 0,
    next.status === 'queued' && next.because !== 'next_step' ? next.because : null,
    JSON.stringify(commit.steps),
    commit.messages.at(-1)?.id ?? null,
    lastEvent,
    usage.input_tokens,
    usage.output_tokens,
    usage.cached_input_tokens,
    usage.reasoning_tokens,
    usage.cost,
    JSON.stringify(commit.messages),
    JSON.stringify(commit.toolCalls),
    commit.firstEvent,
    JSON.stringify(packEvents(commit.events)),
    JSON.stringify(commit.ledger),
    JSON.stringify(commit.followUps),
  ]);
  return row && { dispatch: row.dispatch, step: row.step, cancelRequested: row.cancel_requested };
}

function stopReasonOf(next: NextState): StopReason | null {
  switch (next.status) {
    case 'completed':
    case 'failed':
      return next.stopReason;
    case 'cancelled':
      return 'cancelled';
    case 'expired':
      return 'deadline';
    default:
      return null;
  }
}

function sumOf(ledger: readonly LedgerRow[]) {
  const sum = {
    input_tokens: 0,
    output_tokens: 0,
    cached_input_tokens: 0,
    reasoning_tokens: 0,
    cost: null as number | null,
  };
  for (const row of ledger) {
    sum.input_tokens += row.input_tokens;
    sum.output_tokens += row.output_tokens;
    sum.cached_input_tokens += row.cached_input_tokens;
    sum.reasoning_tokens += row.reasoning_tokens;
    if (row.cost !== null) sum.cost = (sum.cost ?? 0) + row.cost;
  }
  return sum;
}
