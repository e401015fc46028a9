import type { JsonValue, RunEventBody } from '@troupe/contracts';
import type { NewApproval } from '../approvals/new-approval.js';
import { rootOf } from '../approvals/root-run.js';
import { fewRows } from '../connection/few-rows.js';
import type { Statement } from '../database.js';
import { REPLACE_SHORTER_BATCH } from '../events/append-events.js';
import { LOCKED_IN_ORDER } from './locked-in-order.js';
import { POLL_GRACE_SECONDS } from './poll-grace.js';
import type { RefusedAnswers } from './refused-answers.js';
import type { CommittedHandoff, WithheldMessage } from './step-commit.js';
import { storeUnreadMessages } from './unread-messages.js';

/** What only some of the variants of the statement need. */
export interface Extras {
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

function extra(name: keyof Extras, type: 'int' | 'uuid', row: 'given' | 'fence' = 'given'): string {
  return `(${row}.extras ->> '${name}')::${type}`;
}

/** The parameters: an array with an object for each commit, and the ids of their runs. */
const GIVEN = `
    given AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS given(run_id uuid, attempt int, status text, wait_kind text,
        stop_reason text, error jsonb, output_message_id uuid, wake_in float8, pending_tool_calls int, because text,
        steps jsonb, head_message_id uuid, event_n int, input_tokens int, output_tokens int, cached_input_tokens int,
        reasoning_tokens int, cost numeric, messages jsonb, tool_calls jsonb, first_event int, events jsonb, ledger jsonb,
        follow_ups jsonb, extras jsonb)
      WHERE ${fewRows('run_id')}
    ),
    locked AS (
      SELECT id, attempt, status, steering FROM runs WHERE id = ANY($2::uuid[]) ${LOCKED_IN_ORDER}
    )`;

/** Nothing of the attempt is withdrawn: its step is done, or it only waited and said so. */
const SETTLED = `(given.because IS NULL OR given.because = 'rate_limit')`;

/** What the calls of a step add to the statement: nothing, or those of them that wait for people. */
const NOBODY_ASKED = { counts: '', callState: `'prepared'`, rows: '' };
const SOMEBODY_ASKED = {
  counts: `,
        pending_approvals = ${extra('pending_approvals', 'int')}, pending_inputs = ${extra('pending_inputs', 'int')},
        awaiting_since = CASE WHEN given.pending_tool_calls
          = ${extra('pending_approvals', 'int')} + ${extra('pending_inputs', 'int')} THEN now() END`,
  callState: `CASE WHEN EXISTS (
          SELECT FROM jsonb_array_elements(fence.extras -> 'approvals') AS asked WHERE (asked ->> 'tool_call_id')::uuid = c.id
        ) THEN 'awaiting' ELSE 'prepared' END`,
  rows: `
    root AS (SELECT ${rootOf('fence')} AS id FROM fence),
    surfaced AS (
      UPDATE runs AS above SET event_n = above.event_n + jsonb_array_length(fence.extras -> 'surfaced')
      FROM fence, root WHERE above.id = root.id AND above.id <> fence.id AND above.status = 'waiting'
      RETURNING above.id, above.attempt, above.event_n, fence.extras -> 'surfaced' AS events
    ),
    surfaced_events AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT id, attempt, event_n, event_n - jsonb_array_length(events) + 1, events FROM surfaced
    ),
    new_approvals AS (
      INSERT INTO approvals (id, tenant_id, run_id, root_run_id, thread_id, tool_call_id, user_id, agent, kind, reason, name,
        arguments, question, response_schema, roles, expires_at, on_expiry)
      SELECT a.id, fence.tenant_id, fence.id, root.id, fence.thread_id, a.tool_call_id, fence.user_id, fence.agent, a.kind,
        a.reason, a.name, a.arguments, a.question, nullif(a.response_schema, 'null'), a.roles, a.expires_at, a.on_expiry
      FROM fence, root, jsonb_to_recordset(fence.extras -> 'approvals')
        AS a(id uuid, tool_call_id uuid, kind text, reason text, name text, arguments jsonb, question text,
          response_schema jsonb, roles text[], expires_at timestamptz, on_expiry text)
    ),`,
};

/** Who speaks after the step: the same agent, or the one that it handed over to, unless that was deleted meanwhile. */
const SAME_SPEAKER = { becomes: '', provided: '', speaker: 'fence.agent' };
const NEW_SPEAKER = {
  becomes: `,
        agent_id = ${handedTo('agent_id', 'uuid')}, agent_version = ${handedTo('agent_version', 'int')},
        agent = ${handedTo('agent', 'text')}, model = ${handedTo('model', 'text')},
        options = (runs.options - coalesce(${handedTo('dropped_option', 'text')}, ''))
          || (given.extras #> '{handoff,options}')`,
  provided: `
        AND EXISTS (SELECT FROM agents
          WHERE agents.id = ${handedTo('agent_id', 'uuid')} AND agents.tenant_id = runs.tenant_id AND deleted_at IS NULL)`,
  speaker: handedTo('from', 'text', 'fence'),
};

function handedTo(
  name: keyof CommittedHandoff,
  type: 'int' | 'text' | 'uuid',
  row: 'given' | 'fence' = 'given',
): string {
  return `(${row}.extras #>> '{handoff,${name}}')::${type}`;
}

/**
 * The fence and everything that depends on it, in one statement: no row of a step exists unless its run's row still
 * carries the attempt. That is decided under the row's lock, so a claim that races it waits and then finds it changed. A run
 * does not complete while it has a message that no turn has read.
 */
const fencedRows = ({
  steering = 'runs.steering',
  read = '0',
  asks = NOBODY_ASKED,
  speaks = SAME_SPEAKER,
  keeps = '',
} = {}) => `${GIVEN},
    fence AS (
      UPDATE runs SET
        status = given.status, wait_kind = given.wait_kind, stop_reason = given.stop_reason, error = given.error,
        output_message_id = given.output_message_id, next_wake_at = now() + make_interval(secs => given.wake_in),
        pending_tool_calls = given.pending_tool_calls${asks.counts},
        retry_count = CASE given.because WHEN 'retry' THEN retry_count + 1 WHEN 'handed_back' THEN retry_count
          WHEN 'rate_limit' THEN retry_count ELSE 0 END,
        crash_count = CASE WHEN given.because IS NULL THEN 0 ELSE crash_count END,
        step = step + jsonb_array_length(given.steps), turn = turn + least(1, jsonb_array_length(given.steps)),
        claims = CASE WHEN ${SETTLED} THEN 0 ELSE claims END,
        head_message_id = coalesce(given.head_message_id, runs.head_message_id), dispatch = dispatch + 1,
        lease_owner = NULL, lease_until = NULL, lost_attempts = '{}',
        steering = ${steering},
        event_attempt = CASE WHEN ${SETTLED} THEN given.attempt ELSE event_attempt END,
        event_n = CASE WHEN ${SETTLED} THEN given.event_n ELSE runs.event_n END,
        requests = requests + jsonb_array_length(given.ledger),
        input_tokens = runs.input_tokens + given.input_tokens, output_tokens = runs.output_tokens + given.output_tokens,
        cached_input_tokens = runs.cached_input_tokens + given.cached_input_tokens,
        reasoning_tokens = runs.reasoning_tokens + given.reasoning_tokens,
        cost = CASE WHEN given.cost IS NULL AND given.input_tokens + given.output_tokens = 0 THEN runs.cost
          WHEN given.cost IS NULL OR (runs.cost IS NULL AND runs.input_tokens + runs.output_tokens > 0) THEN NULL
          ELSE coalesce(runs.cost, 0) + given.cost END,
        finished_at = CASE WHEN given.status IN ('completed', 'failed', 'cancelled', 'expired') THEN now() END${speaks.becomes}${keeps}
      FROM given JOIN locked ON locked.id = given.run_id AND locked.attempt = given.attempt
      WHERE runs.id = locked.id AND locked.status = 'running'
        AND (given.status <> 'completed' OR jsonb_array_length(locked.steering) <= ${read})${speaks.provided}
      RETURNING runs.id, runs.tenant_id, runs.thread_id, runs.user_id, runs.agent, runs.attempt, runs.head_message_id,
        runs.parent_run_id, runs.steering, runs.finished_at, runs.dispatch, runs.step, runs.cancel_requested_at,
        runs.paused_at, given.head_message_id AS new_head_id, given.event_n AS last_event, given.first_event, given.events,
        given.steps, given.messages, given.tool_calls, given.ledger, given.follow_ups, given.extras
    ),
    new_steps AS (
      INSERT INTO run_steps (run_id, index, tenant_id, kind, attempt, model, finish_reason, usage, route, started_at)
      SELECT fence.id, s.index, fence.tenant_id, s.kind, fence.attempt, s.model, s.finish_reason, s.usage, s.route,
        s.started_at
      FROM fence, jsonb_to_recordset(fence.steps)
        AS s(index int, kind text, model text, finish_reason text, usage jsonb, route jsonb,
          started_at timestamptz)
    ),
    new_messages AS (
      INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, run_id, agent, model, withheld)
      SELECT m.id, fence.tenant_id, fence.thread_id, m.parent_id, m.role, m.content, fence.id,
        CASE WHEN m.role <> 'user' THEN ${speaks.speaker} END, m.model, m.withheld
      FROM fence, jsonb_to_recordset(fence.messages)
        AS m(id uuid, parent_id uuid, role text, content jsonb, model text, withheld jsonb)
    ),
    new_tool_calls AS (
      INSERT INTO tool_calls (id, tenant_id, run_id, thread_id, user_id, message_id, step, index, call_id, name,
        arguments, effect, delegate, guardrails, state, lease_until)
      SELECT c.id, fence.tenant_id, fence.id, fence.thread_id, fence.user_id, c.message_id, c.step, c.index, c.call_id,
        c.name, c.arguments, c.effect, c.delegate, c.guardrails, ${asks.callState}, now() + interval '${POLL_GRACE_SECONDS} seconds'
      FROM fence, jsonb_to_recordset(fence.tool_calls)
        AS c(id uuid, message_id uuid, step int, index int, call_id text, name text, arguments jsonb, effect text,
          delegate jsonb, guardrails jsonb)
    ),${asks.rows}
    new_events AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT id, attempt, last_event, first_event, events FROM fence WHERE last_event >= first_event
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
      FROM fence, jsonb_to_recordset(fence.ledger) AS l(id uuid, step int, attempt int, purpose text, provider text,
        model text, outcome text, input_tokens int, output_tokens int, cached_input_tokens int, cache_write_input_tokens int,
        reasoning_tokens int, cost numeric, estimated boolean, price_version text, call int)
      ON CONFLICT DO NOTHING
    ),
    new_follow_ups AS (
      INSERT INTO follow_up_tasks (id, tenant_id, run_id, thread_id, user_id, kind, model, lease_until)
      SELECT f.id, fence.tenant_id, fence.id, fence.thread_id, fence.user_id, f.kind, f.model,
        now() + interval '${POLL_GRACE_SECONDS} seconds'
      FROM fence, jsonb_to_recordset(fence.follow_ups) AS f(id uuid, kind text, model text)
      ON CONFLICT ON CONSTRAINT follow_up_tasks_once DO NOTHING
    )`;

const COMMITTED = `
    SELECT fence.id, fence.attempt, dispatch, step, cancel_requested_at IS NOT NULL AS cancel_requested,
      paused_at IS NOT NULL AS paused, coalesce(thread.waiting_runs, 0) AS waiting_runs
    FROM fence LEFT JOIN thread ON thread.id = fence.thread_id`;

/** Ends of runs take the lock of the thread's row, so that whoever is accepted on it knows whether it is free. */
const THREAD = `
    thread AS (
      UPDATE threads SET head_message_id = coalesce(fence.new_head_id, threads.head_message_id),
        message_count = message_count + jsonb_array_length(fence.messages), updated_at = now(),
        active_run_id = CASE WHEN fence.finished_at IS NULL THEN active_run_id END
      FROM fence WHERE threads.id = fence.thread_id AND (fence.new_head_id IS NOT NULL OR fence.finished_at IS NOT NULL)
      RETURNING threads.id, CASE WHEN fence.finished_at IS NULL THEN 0 ELSE waiting_runs END AS waiting_runs
    )`;

const WITHHOLD = `
    withheld AS (
      UPDATE messages SET content = w.content, withheld = coalesce(nullif(w.withheld, 'null'), messages.withheld)
      FROM fence, jsonb_to_recordset(fence.extras -> 'withheld') AS w(id uuid, content jsonb, withheld jsonb)
      WHERE messages.id = w.id AND messages.thread_id = fence.thread_id
    ),
    read_results AS (
      UPDATE tool_calls SET result = w.content -> 0 ->> 'content'
      FROM fence, jsonb_to_recordset(fence.extras -> 'withheld') AS w(id uuid, content jsonb)
      WHERE tool_calls.run_id = fence.id AND tool_calls.message_id = w.id AND w.content -> 0 ->> 'type' = 'tool_result'
    )`;
const withholdingVariants = new Map<string, Statement>();

/** The commit of a plain turn: of one run or of many. All the others are for one run at a time. */
export const COMMIT_STEPS: Statement = {
  name: 'commit-steps',
  text: `WITH ${fencedRows()}, ${THREAD} ${COMMITTED}`,
};

/** Messages that came after those which the turn has read are left. */
const READING = {
  steering: `(
          SELECT coalesce(jsonb_agg(value ORDER BY n), '[]')
          FROM jsonb_array_elements(runs.steering) WITH ORDINALITY AS unread(value, n) WHERE n > ${extra('received_read', 'int')}
        )`,
  read: extra('received_read', 'int'),
};

/** The same for a turn that has read messages which were given to the run. */
export const COMMIT_READING_STEP: Statement = {
  name: 'commit-reading-step',
  text: `WITH ${fencedRows(READING)}, ${THREAD} ${COMMITTED}`,
};

/** The same for a turn with calls that wait for people; it may have read messages too. */
export const COMMIT_ASKING_STEP: Statement = {
  name: 'commit-asking-step',
  text: `WITH ${fencedRows({ ...READING, asks: SOMEBODY_ASKED })}, ${THREAD} ${COMMITTED}`,
};

/** The same for a turn that hands over; it may have read messages too. */
export const COMMIT_HANDOFF_STEP: Statement = {
  name: 'commit-handoff-step',
  text: `WITH ${fencedRows({ ...READING, speaks: NEW_SPEAKER })},
    thread AS (
      UPDATE threads SET head_message_id = coalesce(fence.new_head_id, threads.head_message_id),
        message_count = message_count + jsonb_array_length(fence.messages), updated_at = now(), agent = fence.agent,
        handoffs = CASE ${handedTo('history', 'text', 'fence')} WHEN 'full' THEN handoffs - fence.agent
          ELSE handoffs || jsonb_build_object(fence.agent, ${handedTo('history', 'text', 'fence')}) END,
        untrusted_policies = CASE WHEN ${handedTo('untrusted', 'text', 'fence')} IS NULL THEN untrusted_policies
          ELSE untrusted_policies || jsonb_build_object(fence.agent, fence.extras #> '{handoff,untrusted}') END
      FROM fence WHERE threads.id = fence.thread_id
      RETURNING threads.id, 0 AS waiting_runs
    ) ${COMMITTED}`,
};

/** The same for a run that completes with a validated answer; its turn may have read messages too. */
export const COMMIT_OUTPUT_STEP: Statement = {
  name: 'commit-output-step',
  text: `WITH ${fencedRows({ ...READING, keeps: `, output = given.extras -> 'output'` })}, ${THREAD} ${COMMITTED}`,
};

/** The same for an answer that is not valid: nothing of it is kept but what it cost and what is wrong with it. */
export const COMMIT_CORRECTION: Statement = {
  name: 'commit-correction',
  text: `WITH ${fencedRows({ keeps: `, refused = given.extras -> 'refused'` })}, ${THREAD} ${COMMITTED}`,
};

/** The same for a run that ends without an answer to the messages that it was given last. */
export const COMMIT_LAST_STEP: Statement = {
  name: 'commit-last-step',
  text: `WITH ${fencedRows()}, ${storeUnreadMessages('fence', extra('unread_base_id', 'uuid', 'fence'))},
    thread AS (
      UPDATE threads SET
        head_message_id = coalesce((SELECT id FROM unread ORDER BY n DESC LIMIT 1), fence.new_head_id,
          threads.head_message_id),
        message_count = message_count + jsonb_array_length(fence.messages) + (SELECT count(*) FROM unread),
        updated_at = now(), active_run_id = NULL
      FROM fence WHERE threads.id = fence.thread_id
      RETURNING threads.id, waiting_runs
    ) ${COMMITTED}`,
};

/**
 * Any of them for a turn whose guardrails changed messages that were stored before: they are replaced with it. Made once it
 * is needed: few agents have guardrails that change what came in.
 */
export function withholding(statement: Statement): Statement {
  const known = withholdingVariants.get(statement.name);
  if (known) return known;
  const text = statement.text.replace(COMMITTED, `, ${WITHHOLD} ${COMMITTED}`);
  const made = { name: `${statement.name}-withholding`, text };
  withholdingVariants.set(statement.name, made);
  return made;
}
