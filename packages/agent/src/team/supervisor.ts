import type { ToolFor } from '@troupe/spec';
import { type AgentToolOptions, agentAsTool, type CallableAgent } from '../subagents/agent-as-tool.js';
import type { TeamStrategy } from './team.js';

/**
 * One agent that calls the others like tools, as often as it takes, and answers itself.
 * @param leader makes that agent, with the tools that the members are
 */
export function supervisor<Deps = unknown>(
  leader: (tools: ToolFor<Deps>[]) => CallableAgent<Deps>,
  options: Omit<AgentToolOptions, 'name' | 'description'> = {},
): TeamStrategy<Deps> {
  let made: CallableAgent<Deps> | undefined;
  return async ({ members, speak }) => {
    made ??= leader(members.map((member) => agentAsTool(member, options)));
    return { text: await speak(made), agent: made.name };
  };
}
