/** `required`: some tool; `{tool}`: that one. Both hold for the first turn of a run, so that it can end. */
export type ToolUse = 'auto' | 'none' | 'required' | { tool: string };

/** How a run uses its tools. */
export interface ToolUseSettings {
  /** Default `auto`. */
  tool_choice?: ToolUse;
  /** Calls of one answer that are worked on at the same time; default: all. */
  max_parallel_tool_calls?: number;
  /** Tools whose result ends the run: its text is the answer. One that failed ends nothing. */
  stop_on_tools?: string[];
}
