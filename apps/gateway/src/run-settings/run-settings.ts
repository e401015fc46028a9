import type { OutputSettings, RunLimits, ToolUseSettings } from '@troupe/contracts';
import type { RunSettingsDto } from './run-settings.dto.js';

export interface RunSettings extends OutputSettings, ToolUseSettings {
  limits?: RunLimits;
}

/** What of a run's settings a request names; a field of null is an absent one. */
export function runSettings(body: RunSettingsDto): RunSettings {
  const { output_schema, output_name, output_retries, limits, tool_choice, max_parallel_tool_calls, stop_on_tools } =
    body;
  const named = { output_schema, output_name, output_retries, tool_choice, max_parallel_tool_calls, stop_on_tools };
  return { ...withoutNulls(named), ...(limits && { limits: withoutNulls({ ...limits }) }) };
}

/** Of the object itself: in a schema, null is a value. */
function withoutNulls<Value extends object>(value: Value): Partial<Value> {
  const set = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(set) as Partial<Value>;
}
