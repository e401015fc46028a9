import { DEFAULT_MAX_TURNS, DEFAULT_MEMORY } from '@troupe/agent';
import type { AgentConfiguration } from '@troupe/contracts';
import type { NewAgentConfiguration } from '@troupe/spec';
import { withoutUndefined } from '../without-undefined.js';

/** A whole configuration, with the defaults that a server takes, too. */
export function wholeConfiguration(given: NewAgentConfiguration): AgentConfiguration {
  return { tools: [], memory: DEFAULT_MEMORY, max_turns: DEFAULT_MAX_TURNS, ...withoutUndefined(given) };
}

/** Fields that are absent or undefined stay as they are. */
export function changedConfiguration(
  current: AgentConfiguration,
  change: Partial<AgentConfiguration>,
): AgentConfiguration {
  return { ...current, ...withoutUndefined(change) };
}
