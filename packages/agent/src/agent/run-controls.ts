import type { AgentConfiguration, RunLimits, RunOptions, ToolUse } from '@troupe/contracts';
import type { StopWhen } from '../run/run-turns-options.js';

/** What a run may take, and how it uses its tools: of an agent for all its runs, of a message for one. */
export interface RunControls {
  /** Where agent and message set the same limit, the lower one holds. */
  limits?: RunLimits;
  /** What is forced is forced in the first turn only. */
  toolChoice?: ToolUse;
  /** Calls of one answer that run at the same time; all unless told. */
  maxParallelToolCalls?: number;
  /** Tools whose result ends the run: its text is the answer. */
  stopOnTools?: readonly string[];
  /** The same for what names cannot say: a text ends the run after a round of tools, and is the answer. */
  stopWhen?: StopWhen;
}

/** As they stand in a configuration. */
export function controlSettings(controls: RunControls): Pick<AgentConfiguration & RunOptions, ControlKeys> {
  const { limits, toolChoice, maxParallelToolCalls, stopOnTools } = controls;
  return {
    ...(limits && { limits }),
    ...(toolChoice !== undefined && { tool_choice: toolChoice }),
    ...(maxParallelToolCalls !== undefined && { max_parallel_tool_calls: maxParallelToolCalls }),
    ...(stopOnTools && { stop_on_tools: [...stopOnTools] }),
  };
}

type ControlKeys = 'limits' | 'tool_choice' | 'max_parallel_tool_calls' | 'stop_on_tools';
