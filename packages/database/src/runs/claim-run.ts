import {
  type AgentConfiguration,
  type ContentPart,
  type EventId,
  type Fact,
  type HandoffHistory,
  type MessageRole,
  type ModelId,
  newId,
  type RunOptions,
  type ToolResultPart,
  type UntrustedContent,
  type Usage,
  type Withheld,
} from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { answeredToolsOf } from '../messages/answered-tools.js';
import { LOCKED_IN_ORDER } from './locked-in-order.js';
import type { RefusedAnswers } from './refused-answers.js';
import { usageFromRow } from './run-row.js';

export interface HistoryMessage {
  id: string;
  role: MessageRole;
  content: ContentPart[];
}

export interface ReceivedMessage {
  /** Of the message that it becomes. */
  id: string;
  content: ContentPart[];
  /** Where guardrails changed it. */
  withheld?: Withheld | undefined;
}

/** Everything that one model turn needs, read together with the claim. */
export interface ClaimedRun {
  id: string;
  tenantId: string;
  threadId: string;
  userId: string | null;
  agentId: string;
  agent: string;
  agentVersion: number;
  /** How many runs are above it; 0: somebody asked for it. */
  depth: number;
  /** The run whose call it answers. */
  parentRunId: string | null;
  /** What an agent that took over is shown of what came before; null: everything. */
  handoffHistory: HandoffHistory | null;
  model: string;
  step: number;
  turn: number;
  /** The fencing token: every later write names it. */
  attempt: number;
  retryCount: number;
  crashCount: number;
  /** Claims of this step, this one included: more than 1 means that an earlier attempt was abandoned. */
  claims: number;
  /** Attempts whose worker died, perhaps in the middle of a call that is paid and in no ledger row yet. */
  lostAttempts: number[];
  /** Nothing of the run is committed yet but its acceptance. */
  firstClaim: boolean;
  cancelRequested: boolean;
  /** The run was paused and its worker died: it is to rest. */
  paused: boolean;
  /** Milliseconds until the deadline, by the database's clock. */
  deadlineInMs: number;
  headMessageId: string;
  /** What the request asked for beside the message. */
  options: RunOptions;
  /** The last event that is committed. */
  lastEvent: EventId;
  configuration: AgentConfiguration;
  /** Ends with what was received. */
  history: HistoryMessage[];
  /** Messages that came while the run worked and that this turn is the first to read; they are stored with its commit. */
  received: ReceivedMessage[];
  /**
   * Who answered the turn before, and the tier by which it was chosen. Null in the first turn, and where there is but one
   * model to ask: then nothing is read.
   */
  answered: { model: ModelId; tier: string | null } | null;
  facts: Pick<Fact, 'key' | 'value' | 'category'>[];
  /** What has answered anywhere in the thread; only where it matters: to an `untrusted` policy, or to agents that are called. */
  answeredTools: Pick<ToolResultPart, 'name' | 'untrusted'>[];
  /** A message of the thread has pictures or files; looked for where `answeredTools` are. */
  hasAttachments: boolean;
  /** Another run wrote the message that the thread began with, and had read words of strangers. */
  inherited: boolean;
  /** Answers that were refused, where there are any. */
  refused: RefusedAnswers | null;
  /** Of the whole run, where its agent or its request sets limits; otherwise nothing is counted. */
  taken: { requests: number; toolCalls: number } | null;
  /** What the run has used before this turn. */
  usage: Usage;
  thread: { title: string | null; summary: string | null; messageCount: number; summarizedCount: number };
}

interface ClaimRow {
  id: string;
  tenant_id: string;
  thread_id: string;
  user_id: string | null;
  agent_id: string;
  agent: string;
  agent_version: number;
  depth: number;
  parent_run_id: string | null;
  handoff_history: HandoffHistory | null;
  model: string;
  step: number;
  turn: number;
  attempt: number;
  retry_count: number;
  crash_count: number;
  claims: number;
  lost_attempts: number[];
  paused: boolean;
  cancel_requested: boolean;
  deadline_in_ms: number;
  head_message_id: string;
  options: RunOptions;
  event_attempt: number;
  event_n: number;
  configuration: AgentConfiguration;
  history: HistoryMessage[] | null;
  steering: Pick<HistoryMessage, 'content'>[];
  answered: ClaimedRun['answered'];
  facts: ClaimedRun['facts'] | null;
  answered_tools: ClaimedRun['answeredTools'] | null;
  has_attachments: boolean | null;
  inherited: boolean;
  untrusted_policy: UntrustedContent | null;
  refused: RefusedAnswers | null;
  taken: ClaimedRun['taken'];
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  reasoning_tokens: number;
  cost: string | null;
  title: string | null;
  summary: string | null;
  message_count: number;
  summarized_count: number;
}

/** Agents without either read nothing more than before. */
const TRUST_MATTERS = `(agent_versions.configuration ?| '{untrusted,agents}' OR threads.untrusted_policies ? claimed.agent)`;

/**
 * The lease must be free or over, by the database's clock; that is decided under the lock of the run's row. A paused run is left alone, unless a
 * dead worker holds it: somebody has to lay it down. What the turn needs rides along.
 * The history is the chain of parents up from the run's newest message, as many as the memory strategy can use.
 */
const CLAIM_RUNS = {
  name: 'claim-runs',
  text: `WITH free AS (
      SELECT id FROM runs
      WHERE id = ANY($1::uuid[])
        AND ((status = 'queued' AND paused_at IS NULL AND NOT blocked) OR (status = 'running' AND lease_until < now()))
      ${LOCKED_IN_ORDER}
    ),
    claimed AS (
      UPDATE runs SET
        status = 'running', wait_kind = NULL, attempt = attempt + 1, claims = claims + 1, lease_owner = $2,
        lease_until = now() + make_interval(secs => $3), started_at = coalesce(started_at, now()),
        crash_count = crash_count + CASE status WHEN 'running' THEN 1 ELSE 0 END,
        lost_attempts = CASE status WHEN 'running' THEN lost_attempts || attempt ELSE lost_attempts END
      FROM free WHERE runs.id = free.id
      RETURNING runs.*
    )
    SELECT claimed.id, claimed.tenant_id, claimed.thread_id, claimed.user_id, claimed.agent_id, claimed.agent,
      claimed.agent_version, claimed.depth, claimed.parent_run_id, threads.handoffs ->> claimed.agent AS handoff_history,
      claimed.model, claimed.step, claimed.turn, claimed.attempt, claimed.retry_count,
      claimed.crash_count, claimed.claims, claimed.lost_attempts, claimed.paused_at IS NOT NULL AS paused,
      claimed.cancel_requested_at IS NOT NULL AS cancel_requested,
      (extract(epoch FROM claimed.deadline_at - now()) * 1000)::float8 AS deadline_in_ms,
      claimed.head_message_id, claimed.options, claimed.refused, claimed.steering, claimed.event_attempt, claimed.event_n, claimed.input_tokens,
      claimed.output_tokens, claimed.cached_input_tokens, claimed.reasoning_tokens, claimed.cost,
      agent_versions.configuration,
      threads.title, threads.summary, threads.message_count, threads.summarized_count,
      (
        WITH RECURSIVE chain AS (
          SELECT id, parent_id, role, content, 1 AS depth FROM messages WHERE messages.id = claimed.head_message_id
          UNION ALL
          SELECT messages.id, messages.parent_id, messages.role, messages.content, chain.depth + 1
          FROM chain JOIN messages ON messages.id = chain.parent_id
          WHERE chain.depth < agent_versions.history_limit
        )
        SELECT jsonb_agg(jsonb_build_object('id', id, 'role', role, 'content', content) ORDER BY depth DESC) FROM chain
      ) AS history,
      CASE WHEN claimed.turn > 0 AND (
        agent_versions.configuration ?| '{routing,fallback_models}' OR claimed.options ? 'fallback_models'
      ) THEN (
        SELECT jsonb_build_object('model', run_steps.model, 'tier', run_steps.route -> 'tier') FROM run_steps
        WHERE run_steps.run_id = claimed.id AND run_steps.kind = 'model' ORDER BY run_steps.index DESC LIMIT 1
      ) END AS answered,
      CASE WHEN agent_versions.configuration ? 'limits' OR claimed.options ? 'limits' THEN jsonb_build_object(
        'requests', claimed.requests, 'toolCalls', (
          WITH RECURSIVE under AS (
            SELECT claimed.id
            UNION ALL
            SELECT runs.id FROM under JOIN runs ON runs.parent_run_id = under.id
          )
          SELECT sum(made.calls)::int FROM under, LATERAL (
            SELECT count(*) AS calls FROM tool_calls WHERE tool_calls.run_id = under.id
          ) AS made
        )
      ) END AS taken,
      threads.untrusted AS inherited, threads.untrusted_policies -> claimed.agent AS untrusted_policy,
      CASE WHEN ${TRUST_MATTERS} THEN ${answeredToolsOf('claimed.thread_id')} END AS answered_tools,
      CASE WHEN ${TRUST_MATTERS} THEN (
        SELECT true FROM messages WHERE messages.thread_id = claimed.thread_id AND messages.role = 'user'
          AND messages.content @? '$[*] ? (@.type == "image" || @.type == "file")'
        LIMIT 1
      ) END AS has_attachments,
      CASE WHEN claimed.user_id IS NOT NULL THEN (
        SELECT jsonb_agg(jsonb_build_object('key', key, 'value', value, 'category', category) ORDER BY key)
        FROM facts WHERE facts.tenant_id = claimed.tenant_id AND facts.user_id = claimed.user_id
      ) END AS facts
    FROM claimed
    JOIN threads ON threads.id = claimed.thread_id
    JOIN agent_versions ON agent_versions.agent_id = claimed.agent_id
      AND agent_versions.version = claimed.agent_version`,
};

/** Takes the run for one turn; undefined when another worker holds it, it is parked, or it has ended. */
export async function claimRun(
  database: Queryable,
  runId: string,
  owner: string,
  leaseSeconds: number,
): Promise<ClaimedRun | undefined> {
  const [run] = await claimRuns(database, [runId], owner, leaseSeconds);
  return run;
}

/** Takes those of the runs that can be taken, in the order of `runIds`. A run that is named twice is taken once. */
export async function claimRuns(
  database: Queryable,
  runIds: readonly string[],
  owner: string,
  leaseSeconds: number,
): Promise<(ClaimedRun | undefined)[]> {
  const rows = await database.query<ClaimRow>(CLAIM_RUNS, [runIds, owner, leaseSeconds]);
  const claimed = new Map(rows.map((row) => [row.id, row]));
  return runIds.map((runId) => {
    const row = claimed.get(runId);
    claimed.delete(runId);
    return row && claimedFrom(row);
  });
}

function claimedFrom(row: ClaimRow): ClaimedRun {
  const received = row.steering.map(({ content }) => ({ id: newId(), content }));
  return {
    id: row.id,
    tenantId: row.tenant_id,
    threadId: row.thread_id,
    userId: row.user_id,
    agentId: row.agent_id,
    agent: row.agent,
    agentVersion: row.agent_version,
    depth: row.depth,
    parentRunId: row.parent_run_id,
    handoffHistory: row.handoff_history,
    model: row.model,
    step: row.step,
    turn: row.turn,
    attempt: row.attempt,
    retryCount: row.retry_count,
    crashCount: row.crash_count,
    claims: row.claims,
    lostAttempts: row.lost_attempts,
    firstClaim: row.event_attempt === 0,
    cancelRequested: row.cancel_requested,
    paused: row.paused,
    deadlineInMs: row.deadline_in_ms,
    headMessageId: row.head_message_id,
    options: row.options,
    lastEvent: { attempt: row.event_attempt, n: row.event_n },
    configuration: configurationOf(row),
    history: [...(row.history ?? []), ...received.map((message) => ({ role: 'user' as const, ...message }))],
    received,
    // What another agent's model thought is of no use to this one's.
    answered: row.options.handed_over?.turn === row.turn ? null : row.answered,
    facts: row.facts ?? [],
    answeredTools: row.answered_tools ?? [],
    hasAttachments: row.has_attachments ?? false,
    inherited: row.inherited,
    refused: row.refused,
    taken: row.taken,
    usage: usageFromRow(row),
    thread: {
      title: row.title,
      summary: row.summary,
      messageCount: row.message_count + received.length,
      summarizedCount: row.summarized_count,
    },
  };
}

/**
 * A run that was handed over may take as many turns as the most patient of its agents grants. An agent that took over and says
 * nothing of untrusted content is held to what those before it said.
 */
function configurationOf({ configuration, options, untrusted_policy }: ClaimRow): AgentConfiguration {
  const { untrusted = untrusted_policy ?? undefined } = configuration;
  const { handed_over } = options;
  if (!handed_over && untrusted === configuration.untrusted) return configuration;
  const max_turns = Math.max(configuration.max_turns, handed_over?.max_turns ?? 0);
  return { ...configuration, max_turns, ...(untrusted && { untrusted }) };
}
