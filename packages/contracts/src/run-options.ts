import type { ModelId } from './model-id.js';
import type { OutputSettings } from './output-settings.js';
import type { PermissionMode } from './permission-mode.js';
import type { RunLimits } from './run-limits.js';
import type { ToolUseSettings } from './tool-use.js';

/** What a request asks of its run beside the message. */
export interface RunOptions extends OutputSettings, ToolUseSettings {
  /** The model that was named. The run's own is the same; here it says that no tier and no rule is to choose another. */
  model?: ModelId;
  /** One of the agent's tiers, whose model is asked whatever the rules say. */
  tier?: string;
  /** Asked in this order when the model cannot answer; absent: those of the agent. */
  fallback_models?: ModelId[];
  /** Nobody waits for the answer: limits let interactive runs pass first. */
  background?: boolean;
  /** Beside those of the agent: the lower of the two holds. */
  limits?: RunLimits;
  /** In place of the agent's. */
  permission_mode?: PermissionMode;
  /** The key that the request came with, for its budgets. */
  api_key_id?: string;
  /** Of a run that was handed over. */
  handed_over?: HandedOver;
}

export interface HandedOver {
  /** Model turns that were taken before the agent of now took over. */
  turn: number;
  /** Model turns that the run may take: the most that any of its agents may. */
  max_turns: number;
}
