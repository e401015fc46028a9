import type {
  ContentPart,
  ErrorBody,
  Guardrail,
  JsonObject,
  RunEventBody,
  TerminalRunStatus,
  ToolResultPart,
  UntrustedContent,
  Usage,
} from '@troupe/contracts';
import type { Database, Queryable } from '../database.js';
import { answeredToolsOf } from '../messages/answered-tools.js';
import { type RunRow, usageFromRow } from '../runs/run-row.js';
import { type CompletedToolCall, completeToolCall, type ToolCallOutcome } from '../tool-calls/complete-tool-call.js';

/** A run that has ended, and the call that waits for it. */
export interface EndedSubrun {
  runId: string;
  agent: string;
  status: TerminalRunStatus;
  /** The message that holds its answer; null: there is none. */
  content: ContentPart[] | null;
  error: ErrorBody | null;
  toolCallId: string;
  dispatches: number;
  /** The call as the guardrails see it that are to read its result. */
  call: { id: string; name: string; arguments: JsonObject; guardrails: Guardrail[] };
  /** What its agent had read; null in place of an empty list. */
  answeredTools: Pick<ToolResultPart, 'name' | 'untrusted'>[] | null;
  /** What it was told were words of a run that had read words of strangers. */
  inherited: boolean;
  /** Of the agent that spoke last. */
  untrusted: UntrustedContent | null;
}

const ENDED_SUBRUNS = `FROM tool_calls JOIN runs ON runs.id = tool_calls.subrun_id
  WHERE state = 'dispatched' AND subrun_id IS NOT NULL AND runs.finished_at IS NOT NULL`;

const FIND_ENDED_SUBRUNS = { name: 'find-ended-subruns', text: `SELECT runs.id ${ENDED_SUBRUNS} LIMIT $1` };

const READ_ENDED_SUBRUN = {
  name: 'read-ended-subrun',
  text: `SELECT runs.id AS "runId", runs.agent, runs.status, runs.error, tool_calls.id AS "toolCallId", dispatches,
      (SELECT content FROM messages WHERE messages.id = runs.output_message_id) AS content,
      jsonb_build_object('id', tool_calls.id, 'name', name, 'arguments', arguments,
        'guardrails', coalesce(guardrails, '[]')) AS call,
      ${answeredToolsOf('runs.thread_id')} AS "answeredTools",
      (SELECT threads.untrusted FROM threads WHERE threads.id = runs.thread_id) AS inherited,
      (SELECT coalesce(configuration -> 'untrusted', threads.untrusted_policies -> runs.agent)
        FROM agent_versions, threads
        WHERE agent_versions.agent_id = runs.agent_id AND agent_versions.version = runs.agent_version
          AND threads.id = runs.thread_id) AS untrusted
    ${ENDED_SUBRUNS} AND runs.id = $1`,
};

/** Of those who come with the same end at once, one gets the row. */
const LOCK_DELEGATED_CALL = {
  name: 'lock-delegated-call',
  text: `SELECT id FROM tool_calls WHERE id = $1 AND dispatches = $2 AND state = 'dispatched' FOR UPDATE`,
};

/**
 * What the run below took counts as taken by the one above, even when that has ended; only one that waits is told of it.
 * The ledger knows each call once: by the run that made it.
 */
const ADD_USAGE = {
  name: 'add-usage-of-subrun',
  text: `UPDATE runs SET
      input_tokens = runs.input_tokens + sub.input_tokens, output_tokens = runs.output_tokens + sub.output_tokens,
      cached_input_tokens = runs.cached_input_tokens + sub.cached_input_tokens,
      reasoning_tokens = runs.reasoning_tokens + sub.reasoning_tokens,
      cost = CASE WHEN sub.cost IS NULL AND sub.input_tokens + sub.output_tokens = 0 THEN runs.cost
        WHEN sub.cost IS NULL OR (runs.cost IS NULL AND runs.input_tokens + runs.output_tokens > 0) THEN NULL
        ELSE coalesce(runs.cost, 0) + sub.cost END,
      requests = runs.requests + sub.requests,
      event_n = runs.event_n + (runs.status = 'waiting')::integer
    FROM runs AS sub WHERE sub.id = $1 AND runs.id = sub.parent_run_id
    RETURNING runs.id, runs.status, runs.attempt, runs.event_n, sub.input_tokens, sub.output_tokens,
      sub.cached_input_tokens, sub.reasoning_tokens, sub.cost`,
};

const APPEND_EVENT = {
  name: 'append-subrun-event',
  text: `INSERT INTO run_events (run_id, attempt, n, first_n, events) VALUES ($1, $2, $3, $3, $4::jsonb)`,
};

type UsageRow = Pick<RunRow, 'id' | 'status' | 'attempt'> & Parameters<typeof usageFromRow>[0] & { event_n: number };

/** Ends of runs whose calls still wait for them: whoever was to tell of them died. */
export async function findEndedSubruns(database: Queryable, limit: number): Promise<string[]> {
  return (await database.query<{ id: string }>(FIND_ENDED_SUBRUNS, [limit])).map(({ id }) => id);
}

/** Undefined when the run goes on, or its call has the result. */
export async function readEndedSubrun(database: Queryable, runId: string): Promise<EndedSubrun | undefined> {
  const [row] = await database.query<EndedSubrun>(READ_ENDED_SUBRUN, [runId]);
  return row;
}

/** Gives a call the result of its run, once. Undefined when it has one, or the run that called has ended. */
export async function completeSubrun(
  database: Database,
  { runId, agent, status, toolCallId, dispatches }: EndedSubrun,
  outcome: Omit<ToolCallOutcome, 'toolCallId' | 'dispatches'>,
): Promise<CompletedToolCall | undefined> {
  return database.transaction(async (transaction) => {
    const [call] = await transaction.query(LOCK_DELEGATED_CALL, [toolCallId, dispatches]);
    if (!call) return undefined;
    const [parent] = await transaction.query<UsageRow>(ADD_USAGE, [runId]);
    const told = parent && parent.status === 'waiting' ? parent : undefined;
    const event = completedEvent({ tool_call_id: toolCallId, run_id: runId, agent, status }, told);
    if (told) {
      await transaction.query(APPEND_EVENT, [told.id, told.attempt, told.event_n, JSON.stringify([event])]);
    }
    const completed = await completeToolCall(transaction, { toolCallId, dispatches, ...outcome });
    if (!completed || !told) return completed;
    const id = { attempt: told.attempt, n: told.event_n };
    return { ...completed, events: [{ event, id }, ...completed.events] };
  });
}

const NOTHING: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  cached_input_tokens: 0,
  reasoning_tokens: 0,
  cost: null,
};

function completedEvent(
  data: { tool_call_id: string; run_id: string; agent: string; status: TerminalRunStatus },
  spent: UsageRow | undefined,
): RunEventBody {
  return { type: 'subrun.completed', data: { ...data, usage: spent ? usageFromRow(spent) : NOTHING } };
}
