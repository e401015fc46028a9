import type { Approval } from './approval.js';
import type { ErrorBody } from './error-body.js';
import type { JsonValue } from './json.js';
import type { ModelId } from './model-id.js';
import type { MultitaskStrategy } from './multitask-strategy.js';
import type { RunStatus, StopReason, WaitKind } from './run-status.js';
import type { Usage } from './usage.js';

/** One execution of an agent on a thread. */
export interface Run {
  id: string;
  thread_id: string;
  user_id: string | null;
  agent: string;
  agent_version: number;
  model: ModelId;
  status: RunStatus;
  wait_kind: WaitKind | null;
  stop_reason: StopReason | null;
  error: ErrorBody | null;
  /** Index of the step that is next or under way. */
  step: number;
  attempt: number;
  /** The run whose call of an agent it answers; null: somebody asked for it. */
  parent_run_id: string | null;
  /** How many runs are above it. */
  depth: number;
  multitask_strategy: MultitaskStrategy;
  /** The run that it interrupted or takes the place of. */
  replaces_run_id: string | null;
  /** Null while the run waits for its thread: its message joins the thread when the run starts. */
  input_message_id: string | null;
  output_message_id: string | null;
  usage: Usage;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  deadline_at: string;
}

/** A run with the text it answered, once it has. */
export interface RunResult {
  run: Run;
  response: string | null;
  /** The validated answer of a run that has an output schema. */
  output?: JsonValue;
  /** What people are still to decide; absent: nothing. */
  approvals?: Approval[];
}
