import {
  type EventId,
  isTerminal,
  type JsonValue,
  newId,
  type RunEventBody,
  type StopReason,
  type WaitKind,
} from '@troupe/contracts';
import type { NewApproval } from '../approvals/new-approval.js';
import { rootOf } from '../approvals/root-run.js';
import type { Queryable, Statement } from '../database.js';
import { REPLACE_SHORTER_BATCH } from '../events/append-events.js';
import { packEvents } from '../events/stored-events.js';
import { isUnpriced, type LedgerRow } from '../usage/ledger-row.js';
import { POLL_GRACE_SECONDS } from './poll-grace.js';
import type { RefusedAnswers } from './refused-answers.js';
import type { CommittedHandoff, CommittedStep, NextState, StepCommit, WithheldMessage } from './step-commit.js';
import { storeUnreadMessages } from './unread-messages.js';

interface CommittedRow {
  dispatch: number;
  step: number;
  cancel_requested: boolean;
  paused: boolean;
  waiting_runs: number;
}

/** Nothing of the attempt is withdrawn: its step is done, or it only waited and said so. */
const SETTLED = `($10::text IS NULL OR $10::text = 'rate_limit')`;

/** What only some of the variants of the statement need comes by name in its last parameter. */
function extra(name: keyof Extras, type: 'int' | 'uuid'): string {
  return `($25::jsonb ->> '${name}')::${type}`;
}

interface Extras {
  received_read?: number;
  /** Of the calls, how many wait for somebody's approval, and how many for an answer. */
  pending_approvals?: number;
  pending_inputs?: number;
  approvals?: NewApproval[];
  /** What the log of the run at the top is told of them. */
  surfaced?: RunEventBody[];
  /** Of the messages that no turn has read. */
  unread_base_id?: string;
  handoff?: CommittedHandoff;
  output?: JsonValue;
  refused?: RefusedAnswers;
  withheld?: WithheldMessage[];
}

/** What the calls of a step add to the statement: nothing, or those of them that wait for people. */
const NOBODY_ASKED = { counts: '', callState: `'prepared'`, rows: '' };
const SOMEBODY_ASKED = {
  counts: `,
        pending_approvals = ${extra('pending_approvals', 'int')}, pending_inputs = ${extra('pending_inputs', 'int')},
        awaiting_since = CASE
          WHEN $9 = ${extra('pending_approvals', 'int')} + ${extra('pending_inputs', 'int')} THEN now() END`,
  callState: `CASE WHEN EXISTS (
          SELECT FROM jsonb_array_elements($25::jsonb -> 'approvals') AS asked WHERE (asked ->> 'tool_call_id')::uuid = c.id
        ) THEN 'awaiting' ELSE 'prepared' END`,
  rows: `
    root AS (SELECT ${rootOf('fence')} AS id FROM fence),
    surfaced AS (
      UPDATE runs AS above SET event_n = above.event_n + jsonb_array_length($25::jsonb -> 'surfaced')
      FROM fence, root WHERE above.id = root.id AND above.id <> fence.id AND above.status = 'waiting'
      RETURNING above.id, above.attempt, above.event_n
    ),
    surfaced_events AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT id, attempt, event_n, event_n - jsonb_array_length($25::jsonb -> 'surfaced') + 1, $25::jsonb -> 'surfaced'
      FROM surfaced
    ),
    new_approvals AS (
      INSERT INTO approvals (id, tenant_id, run_id, root_run_id, thread_id, tool_call_id, user_id, agent, kind, reason, name,
        arguments, question, response_schema, roles, expires_at, on_expiry)
      SELECT a.id, fence.tenant_id, fence.id, root.id, fence.thread_id, a.tool_call_id, fence.user_id, fence.agent, a.kind,
        a.reason, a.name, a.arguments, a.question, nullif(a.response_schema, 'null'), a.roles, a.expires_at, a.on_expiry
      FROM fence, root, jsonb_to_recordset($25::jsonb -> 'approvals')
        AS a(id uuid, tool_call_id uuid, kind text, reason text, name text, arguments jsonb, question text,
          response_schema jsonb, roles text[], expires_at timestamptz, on_expiry text)
    ),`,
};

/** A reader of the run at the top has to know what it waits for. */
function surfacedOf({ runId, events }: StepCommit): RunEventBody[] {
  return events.flatMap((event) =>
    event.type === 'approval.requested' ? [{ ...event, data: { ...event.data, run_id: runId } }] : [],
  );
}

/** Who speaks after the step: the same agent, or the one that it handed over to, unless that was deleted meanwhile. */
const SAME_SPEAKER = { becomes: '', provided: '', speaker: 'fence.agent' };
const NEW_SPEAKER = {
  becomes: `,
        agent_id = ${handedTo('agent_id', 'uuid')}, agent_version = ${handedTo('agent_version', 'int')},
        agent = ${handedTo('agent', 'text')}, model = ${handedTo('model', 'text')},
        options = (options - coalesce(${handedTo('dropped_option', 'text')}, '')) || ($25::jsonb #> '{handoff,options}')`,
  provided: `
        AND EXISTS (SELECT FROM agents
          WHERE agents.id = ${handedTo('agent_id', 'uuid')} AND agents.tenant_id = runs.tenant_id AND deleted_at IS NULL)`,
  speaker: handedTo('from', 'text'),
};

function handedTo(name: keyof CommittedHandoff, type: 'int' | 'text' | 'uuid'): string {
  return `($25::jsonb #>> '{handoff,${name}}')::${type}`;
}

/**
 * The fence and everything that depends on it, in one statement: no row of the step exists unless the run row still
 * carries this attempt. The update takes the row's lock, so a claim that races it waits and then finds it changed. A run
 * does not complete while it has a message that no turn has read.
 */
const fencedRows = ({
  steering = 'steering',
  read = '0',
  asks = NOBODY_ASKED,
  speaks = SAME_SPEAKER,
  keeps = '',
} = {}) => `
    fence AS (
      UPDATE runs SET
        status = $3, wait_kind = $4, stop_reason = $5, error = $6::jsonb, output_message_id = $7,
        next_wake_at = now() + make_interval(secs => $8), pending_tool_calls = $9${asks.counts},
        retry_count = CASE $10::text WHEN 'retry' THEN retry_count + 1 WHEN 'handed_back' THEN retry_count
          WHEN 'rate_limit' THEN retry_count ELSE 0 END,
        crash_count = CASE WHEN $10::text IS NULL THEN 0 ELSE crash_count END,
        step = step + jsonb_array_length($11::jsonb), turn = turn + least(1, jsonb_array_length($11::jsonb)),
        claims = CASE WHEN ${SETTLED} THEN 0 ELSE claims END,
        head_message_id = coalesce($12, head_message_id), dispatch = dispatch + 1,
        lease_owner = NULL, lease_until = NULL, lost_attempts = '{}',
        steering = ${steering},
        event_attempt = CASE WHEN ${SETTLED} THEN attempt ELSE event_attempt END,
        event_n = CASE WHEN ${SETTLED} THEN $13 ELSE event_n END,
        requests = requests + jsonb_array_length($23::jsonb), input_tokens = input_tokens + $14, output_tokens = output_tokens + $15,
        cached_input_tokens = cached_input_tokens + $16, reasoning_tokens = reasoning_tokens + $17,
        cost = CASE WHEN $18::numeric IS NULL AND $14 + $15 = 0 THEN cost
          WHEN $18 IS NULL OR (cost IS NULL AND input_tokens + output_tokens > 0) THEN NULL
          ELSE coalesce(cost, 0) + $18 END,
        finished_at = CASE WHEN $3 IN ('completed', 'failed', 'cancelled', 'expired') THEN now() END${speaks.becomes}${keeps}
      WHERE id = $1 AND attempt = $2 AND status = 'running'
        AND ($3 <> 'completed' OR jsonb_array_length(steering) <= ${read})${speaks.provided}
      RETURNING *
    ),
    new_steps AS (
      INSERT INTO run_steps (run_id, index, tenant_id, kind, attempt, model, finish_reason, usage, route, started_at)
      SELECT fence.id, s.index, fence.tenant_id, s.kind, fence.attempt, s.model, s.finish_reason, s.usage, s.route,
        s.started_at
      FROM fence, jsonb_to_recordset($11::jsonb)
        AS s(index int, kind text, model text, finish_reason text, usage jsonb, route jsonb,
          started_at timestamptz)
    ),
    new_messages AS (
      INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, run_id, agent, model, withheld)
      SELECT m.id, fence.tenant_id, fence.thread_id, m.parent_id, m.role, m.content, fence.id,
        CASE WHEN m.role <> 'user' THEN ${speaks.speaker} END, m.model, m.withheld
      FROM fence, jsonb_to_recordset($19::jsonb)
        AS m(id uuid, parent_id uuid, role text, content jsonb, model text, withheld jsonb)
    ),
    new_tool_calls AS (
      INSERT INTO tool_calls (id, tenant_id, run_id, thread_id, user_id, message_id, step, index, call_id, name,
        arguments, effect, delegate, guardrails, state, lease_until)
      SELECT c.id, fence.tenant_id, fence.id, fence.thread_id, fence.user_id, c.message_id, c.step, c.index, c.call_id,
        c.name, c.arguments, c.effect, c.delegate, c.guardrails, ${asks.callState}, now() + interval '${POLL_GRACE_SECONDS} seconds'
      FROM fence, jsonb_to_recordset($20::jsonb)
        AS c(id uuid, message_id uuid, step int, index int, call_id text, name text, arguments jsonb, effect text,
          delegate jsonb, guardrails jsonb)
    ),${asks.rows}
    new_events AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT fence.id, fence.attempt, $13, $21, $22::jsonb FROM fence WHERE $13::int >= $21::int
      ${REPLACE_SHORTER_BATCH}
    ),
    new_ledger AS (
      INSERT INTO usage_ledger (id, tenant_id, run_id, thread_id, user_id, agent, step, attempt, purpose, provider,
        model, outcome, input_tokens, output_tokens, cached_input_tokens, cache_write_input_tokens, reasoning_tokens,
        cost, estimated, price_version, call)
      SELECT l.id, fence.tenant_id, fence.id, fence.thread_id, fence.user_id, ${speaks.speaker}, l.step,
        coalesce(l.attempt, fence.attempt), l.purpose, l.provider, l.model, l.outcome, l.input_tokens, l.output_tokens,
        l.cached_input_tokens, l.cache_write_input_tokens, l.reasoning_tokens, l.cost, l.estimated,
        l.price_version, l.call
      FROM fence, jsonb_to_recordset($23::jsonb) AS l(id uuid, step int, attempt int, purpose text, provider text,
        model text, outcome text, input_tokens int, output_tokens int, cached_input_tokens int, cache_write_input_tokens int,
        reasoning_tokens int, cost numeric, estimated boolean, price_version text, call int)
      ON CONFLICT DO NOTHING
    ),
    new_follow_ups AS (
      INSERT INTO follow_up_tasks (id, tenant_id, run_id, thread_id, user_id, kind, model, lease_until)
      SELECT f.id, fence.tenant_id, fence.id, fence.thread_id, fence.user_id, f.kind, f.model,
        now() + interval '${POLL_GRACE_SECONDS} seconds'
      FROM fence, jsonb_to_recordset($24::jsonb) AS f(id uuid, kind text, model text)
      ON CONFLICT ON CONSTRAINT follow_up_tasks_once DO NOTHING
    )`;

const COMMITTED = `
    SELECT dispatch, step, cancel_requested_at IS NOT NULL AS cancel_requested, paused_at IS NOT NULL AS paused,
      coalesce((SELECT waiting_runs FROM thread), 0) AS waiting_runs
    FROM fence`;

/** Ends of runs take the lock of the thread's row, so that whoever is accepted on it knows whether it is free. */
const THREAD = `
    thread AS (
      UPDATE threads SET head_message_id = coalesce($12, threads.head_message_id),
        message_count = message_count + jsonb_array_length($19::jsonb), updated_at = now(),
        active_run_id = CASE WHEN fence.finished_at IS NULL THEN active_run_id END
      FROM fence WHERE threads.id = fence.thread_id AND ($12::uuid IS NOT NULL OR fence.finished_at IS NOT NULL)
      RETURNING CASE WHEN fence.finished_at IS NULL THEN 0 ELSE waiting_runs END AS waiting_runs
    )`;

const WITHHOLD = `
    withheld AS (
      UPDATE messages SET content = w.content, withheld = coalesce(nullif(w.withheld, 'null'), messages.withheld)
      FROM fence, jsonb_to_recordset($25::jsonb -> 'withheld') AS w(id uuid, content jsonb, withheld jsonb)
      WHERE messages.id = w.id AND messages.thread_id = fence.thread_id
    ),
    read_results AS (
      UPDATE tool_calls SET result = w.content -> 0 ->> 'content'
      FROM fence, jsonb_to_recordset($25::jsonb -> 'withheld') AS w(id uuid, content jsonb)
      WHERE tool_calls.run_id = fence.id AND tool_calls.message_id = w.id AND w.content -> 0 ->> 'type' = 'tool_result'
    )`;
const withholdingVariants = new Map<string, Statement>();

/** Place of the parameter with what only some of the variants need. */
const EXTRAS_AT = 25;

const COMMIT_STEP = {
  name: 'commit-step',
  text: `WITH ${fencedRows()}, ${THREAD} ${COMMITTED}`,
};

/** Messages that came after those which the turn has read are left. */
const READING = {
  steering: `(
          SELECT coalesce(jsonb_agg(value ORDER BY n), '[]')
          FROM jsonb_array_elements(steering) WITH ORDINALITY AS unread(value, n) WHERE n > ${extra('received_read', 'int')}
        )`,
  read: extra('received_read', 'int'),
};

/** The same for a turn that has read messages which were given to the run. */
const COMMIT_READING_STEP = {
  name: 'commit-reading-step',
  text: `WITH ${fencedRows(READING)}, ${THREAD} ${COMMITTED}`,
};

/** The same for a turn with calls that wait for people; it may have read messages too. */
const COMMIT_ASKING_STEP = {
  name: 'commit-asking-step',
  text: `WITH ${fencedRows({ ...READING, asks: SOMEBODY_ASKED })}, ${THREAD} ${COMMITTED}`,
};

/** The same for a turn that hands over; it may have read messages too. */
const COMMIT_HANDOFF_STEP = {
  name: 'commit-handoff-step',
  text: `WITH ${fencedRows({ ...READING, speaks: NEW_SPEAKER })},
    thread AS (
      UPDATE threads SET head_message_id = coalesce($12, threads.head_message_id),
        message_count = message_count + jsonb_array_length($19::jsonb), updated_at = now(), agent = fence.agent,
        handoffs = CASE ${handedTo('history', 'text')} WHEN 'full' THEN handoffs - fence.agent
          ELSE handoffs || jsonb_build_object(fence.agent, ${handedTo('history', 'text')}) END
      FROM fence WHERE threads.id = fence.thread_id
      RETURNING 0 AS waiting_runs
    ) ${COMMITTED}`,
};

/** The same for a run that completes with a validated answer; its turn may have read messages too. */
const COMMIT_OUTPUT_STEP = {
  name: 'commit-output-step',
  text: `WITH ${fencedRows({ ...READING, keeps: `, output = $25::jsonb -> 'output'` })}, ${THREAD} ${COMMITTED}`,
};

/** The same for an answer that is not valid: nothing of it is kept but what it cost and what is wrong with it. */
const COMMIT_CORRECTION = {
  name: 'commit-correction',
  text: `WITH ${fencedRows({ keeps: `, refused = $25::jsonb -> 'refused'` })}, ${THREAD} ${COMMITTED}`,
};

/** The same for a run that ends without an answer to the messages that it was given last. */
const COMMIT_LAST_STEP = {
  name: 'commit-last-step',
  text: `WITH ${fencedRows()}, ${storeUnreadMessages('fence', extra('unread_base_id', 'uuid'))},
    thread AS (
      UPDATE threads SET
        head_message_id = coalesce((SELECT id FROM unread ORDER BY n DESC LIMIT 1), $12, threads.head_message_id),
        message_count = message_count + jsonb_array_length($19::jsonb) + (SELECT count(*) FROM unread),
        updated_at = now(), active_run_id = NULL
      FROM fence WHERE threads.id = fence.thread_id
      RETURNING waiting_runs
    ) ${COMMITTED}`,
};

/**
 * Stores the outcome of an attempt. Undefined: the run belongs to another attempt now, or it has a message that was not
 * read and `next` would complete it, or the agent that was to take over is gone; nothing was stored.
 */
export async function commitStep(database: Queryable, commit: StepCommit): Promise<CommittedStep | undefined> {
  const { next } = commit;
  const lastEvent: EventId['n'] = commit.firstEvent + commit.events.length - 1;
  const usage = sumOf(commit.ledger);
  const values = [
    commit.runId,
    commit.attempt,
    next.status,
    waitKindOf(next),
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
  ];
  const [row] = await database.query<CommittedRow>(...withholdingIn(commit, variantOf(commit, values)));
  return row && committedFrom(row);
}

function variantOf(commit: StepCommit, values: unknown[]): [Statement, unknown[]] {
  const { next, receivedRead = 0, approvals = [], handoff, output, refused } = commit;
  const withExtras = (extras: Extras) => [...values, JSON.stringify(extras)];
  if (isTerminal(next.status) && next.status !== 'completed') {
    return [COMMIT_LAST_STEP, withExtras({ unread_base_id: newId() })];
  }
  if (refused) return [COMMIT_CORRECTION, withExtras({ refused })];
  if (output) return [COMMIT_OUTPUT_STEP, withExtras({ received_read: receivedRead, output: output.value })];
  if (handoff) return [COMMIT_HANDOFF_STEP, withExtras({ received_read: receivedRead, handoff })];
  if (approvals.length > 0) {
    const pending_inputs = approvals.filter(({ kind }) => kind === 'input').length;
    const pending_approvals = approvals.length - pending_inputs;
    const asking = {
      received_read: receivedRead,
      pending_approvals,
      pending_inputs,
      approvals,
      surfaced: surfacedOf(commit),
    };
    return [COMMIT_ASKING_STEP, withExtras(asking)];
  }
  return receivedRead > 0 ? [COMMIT_READING_STEP, withExtras({ received_read: receivedRead })] : [COMMIT_STEP, values];
}

/** Any of the variants for a turn whose guardrails changed messages that were stored before: they are replaced with it. */
function withholdingIn(
  { withheld = [] }: StepCommit,
  [statement, values]: [Statement, unknown[]],
): [Statement, unknown[]] {
  if (withheld.length === 0) return [statement, values];
  const { length: own } = values;
  const extras = own < EXTRAS_AT ? {} : JSON.parse(String(values[EXTRAS_AT - 1]));
  return [withholding(statement), [...values.slice(0, EXTRAS_AT - 1), JSON.stringify({ ...extras, withheld })]];
}

/** Made of each variant once it is needed: few agents have guardrails that change what came in. */
function withholding(statement: Statement): Statement {
  const known = withholdingVariants.get(statement.name);
  if (known) return known;
  const text = statement.text.replace(COMMITTED, `, ${WITHHOLD} ${COMMITTED}`);
  const made = { name: `${statement.name}-withholding`, text };
  withholdingVariants.set(statement.name, made);
  return made;
}

function committedFrom(row: CommittedRow): CommittedStep {
  return {
    dispatch: row.dispatch,
    step: row.step,
    cancelRequested: row.cancel_requested,
    paused: row.paused,
    waitingRuns: row.waiting_runs,
  };
}

/** A run that waits for its next try is queued, so that it can be claimed, and says what it waits for. */
function waitKindOf(next: NextState): WaitKind | null {
  if (next.status === 'waiting') return next.waitKind;
  if (next.status !== 'queued') return null;
  if (next.because === 'rate_limit') return 'rate_limit';
  return next.because === 'retry' ? 'timer' : null;
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

/** The cost is null when the price of any of the calls is not known: a part of it would look like the whole. */
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
  if (ledger.some(isUnpriced)) sum.cost = null;
  return sum;
}
