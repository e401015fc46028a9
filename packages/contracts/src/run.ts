import type { ErrorBody } from './error-body.js';
import type { ModelId } from './model-id.js';
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
  input_message_id: string;
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
}
