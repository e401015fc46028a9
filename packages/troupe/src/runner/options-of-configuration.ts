import type { AgentOptions, PermissionOptions, RunControls } from '@troupe/agent';
import type { NewAgentConfiguration } from '@troupe/spec';

type Described = Pick<
  AgentOptions,
  'definition' | 'description' | 'maxTurns' | 'memory' | 'modelSettings' | 'untrusted'
>;

/**
 * What a configuration says of an agent by itself. Its tools, guardrails and other agents need a place to be found in, and its
 * model is chosen by who runs it.
 */
export function optionsOfConfiguration(
  configuration: NewAgentConfiguration,
): Described & PermissionOptions & RunControls {
  return {
    description: configuration.description,
    definition: configuration.definition,
    modelSettings: configuration.model_settings,
    memory: configuration.memory,
    maxTurns: configuration.max_turns,
    untrusted: configuration.untrusted,
    approvals: configuration.approvals,
    deniedTools: configuration.denied_tools,
    permissionMode: configuration.permission_mode,
    limits: configuration.limits,
    toolChoice: configuration.tool_choice,
    maxParallelToolCalls: configuration.max_parallel_tool_calls,
    stopOnTools: configuration.stop_on_tools,
  };
}
