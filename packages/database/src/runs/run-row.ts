import type {
  ErrorBody,
  JsonValue,
  MultitaskStrategy,
  Run,
  RunStatus,
  StopReason,
  Usage,
  WaitKind,
} from '@troupe/contracts';

/** A row of `runs` as the driver gives it. */
export interface RunRow {
  id: string;
  tenant_id: string;
  thread_id: string;
  user_id: string | null;
  agent: string;
  agent_version: number;
  model: string;
  status: RunStatus;
  wait_kind: WaitKind | null;
  stop_reason: StopReason | null;
  error: ErrorBody | null;
  step: number;
  attempt: number;
  parent_run_id: string | null;
  depth: number;
  multitask_strategy: MultitaskStrategy;
  blocked: boolean;
  replaces_run_id: string | null;
  input_message_id: string;
  output_message_id: string | null;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  reasoning_tokens: number;
  cost: string | null;
  paused_at: Date | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  deadline_at: Date;
}

/** The columns of RunRow, of the table or alias `runs`. */
export const RUN_COLUMNS = `
  runs.id, runs.tenant_id, runs.thread_id, runs.user_id, runs.agent, runs.agent_version, runs.model, runs.status,
  runs.wait_kind, runs.stop_reason, runs.error, runs.step, runs.attempt, runs.parent_run_id,
  runs.depth, runs.multitask_strategy,
  runs.blocked, runs.replaces_run_id, runs.input_message_id, runs.output_message_id,
  runs.input_tokens, runs.output_tokens, runs.cached_input_tokens, runs.reasoning_tokens, runs.cost, runs.paused_at,
  runs.created_at, runs.started_at, runs.finished_at, runs.deadline_at`;

/** The run's validated answer, in an envelope: JSON's own null is an answer too. */
export const VALIDATED = `CASE WHEN runs.output IS NOT NULL THEN jsonb_build_object('value', runs.output) END AS validated`;

export interface ValidatedRow {
  /** Null: the run has no output schema, or no answer yet. */
  validated: { value: JsonValue } | null;
}

export function runFromRow(row: RunRow): Run {
  const { status, waitKind } = shownState(row);
  return {
    id: row.id,
    thread_id: row.thread_id,
    user_id: row.user_id,
    agent: row.agent,
    agent_version: row.agent_version,
    model: row.model,
    status,
    wait_kind: waitKind,
    stop_reason: row.stop_reason,
    error: row.error,
    step: row.step,
    attempt: row.attempt,
    parent_run_id: row.parent_run_id,
    depth: row.depth,
    multitask_strategy: row.multitask_strategy,
    replaces_run_id: row.replaces_run_id,
    input_message_id: row.blocked ? null : row.input_message_id,
    output_message_id: row.output_message_id,
    usage: usageFromRow(row),
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    deadline_at: row.deadline_at.toISOString(),
  };
}

/**
 * What a run says it does. One that is paused or waits for its next try is stored as it was (`queued`: it may be claimed
 * once that is over), and is `waiting` to whoever asks.
 */
function shownState({ status, wait_kind, paused_at }: RunRow): { status: RunStatus; waitKind: WaitKind | null } {
  if (paused_at !== null && (status === 'queued' || status === 'waiting'))
    return { status: 'waiting', waitKind: 'pause' };
  if (status === 'queued' && wait_kind !== null) return { status: 'waiting', waitKind: wait_kind };
  return { status, waitKind: wait_kind };
}

/** The sums over the model calls of a run. */
export function usageFromRow(
  row: Pick<RunRow, 'input_tokens' | 'output_tokens' | 'cached_input_tokens' | 'reasoning_tokens' | 'cost'>,
): Usage {
  return {
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    total_tokens: row.input_tokens + row.output_tokens,
    cached_input_tokens: row.cached_input_tokens,
    reasoning_tokens: row.reasoning_tokens,
    cost: row.cost === null ? null : Number(row.cost),
  };
}
