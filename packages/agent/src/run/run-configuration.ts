import type { AgentConfiguration, OutputSettings, RunOptions } from '@troupe/contracts';
import { effectiveLimits } from '../limits/effective-limits.js';

type Asked = Pick<
  RunOptions,
  keyof OutputSettings | 'limits' | 'tool_choice' | 'max_parallel_tool_calls' | 'stop_on_tools'
>;

const FIELDS = [
  'output_schema',
  'output_name',
  'output_retries',
  'limits',
  'tool_choice',
  'max_parallel_tool_calls',
  'stop_on_tools',
] as const satisfies readonly (keyof Asked)[];

/**
 * The configuration that holds for a run: its agent's with what the request asked for. A schema of the request replaces
 * that of the agent with all that belongs to it; of limits the lower one holds.
 */
export function runConfiguration<Configuration extends Asked & Pick<AgentConfiguration, 'max_turns'>>(
  configuration: Configuration,
  options: Asked,
): Configuration {
  if (!configuration.limits && !FIELDS.some((field) => options[field] !== undefined)) return configuration;
  const { output_name, output_retries } = options;
  const limits = effectiveLimits(configuration.limits, options.limits);
  const { max_turns = configuration.max_turns } = limits;
  return {
    ...configuration,
    ...(options.output_schema && { output_schema: options.output_schema, output_name, output_retries }),
    ...(output_retries !== undefined && { output_retries }),
    ...(options.tool_choice && { tool_choice: options.tool_choice }),
    ...(options.max_parallel_tool_calls !== undefined && { max_parallel_tool_calls: options.max_parallel_tool_calls }),
    ...(options.stop_on_tools && { stop_on_tools: options.stop_on_tools }),
    limits,
    max_turns: Math.min(configuration.max_turns, max_turns),
  };
}
