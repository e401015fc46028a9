import type { Approval } from './approval.js';
import type { JsonValue } from './json.js';
import type { MultitaskStrategy } from './multitask-strategy.js';
import type { OutputSettings } from './output-settings.js';
import type { PermissionMode } from './permission-mode.js';
import type { RunLimits } from './run-limits.js';
import type { RunStatus, StopReason, WaitKind } from './run-status.js';
import type { ToolUseSettings } from './tool-use.js';
import type { Usage } from './usage.js';

/** Body of `POST /api/llm/interact`. */
export interface InteractRequest extends OutputSettings, ToolUseSettings {
  message: string;
  user_id?: string;
  /** Slug of a persona or agent; absent: the thread's agent, else the default one. */
  persona_id?: string;
  thread_id?: string;
  /** Wins over the tier and over every rule of the agent. */
  model?: string;
  /** One of the agent's tiers, in place of the one that its rules choose. */
  tier?: string;
  /** Asked in this order when the model cannot answer; absent: those of the agent. */
  fallback_models?: string[];
  /** Beside those of the agent: the lower of the two holds. */
  limits?: RunLimits;
  /** In place of the agent's. */
  permission_mode?: PermissionMode;
  /** What to do when the thread works on another run; default `reject`. */
  multitask_strategy?: MultitaskStrategy;
  stream?: boolean;
  background?: boolean;
}

export interface InteractResponse {
  run_id: string;
  thread_id: string;
  message_id: string | null;
  status: RunStatus;
  stop_reason: StopReason | null;
  response: string | null;
  /** The validated answer of a run that has an output schema. */
  output?: JsonValue;
  model: string;
  usage: Usage;
  /** With `status` `waiting`: the run goes on when somebody has decided on all of these. */
  wait_kind?: WaitKind;
  approvals?: Approval[];
}

export interface AcceptedRun {
  run_id: string;
  thread_id: string;
  status: RunStatus;
  /** The message went to a run that was there: `run_id` is that run. */
  steered?: true;
}
