import { TroupeError } from '@troupe/contracts';
import type { AgentStore, NewAgentConfiguration } from '@troupe/spec';

/** Agents by the names that handoffs and calls name them by. */
export type Team = ReadonlyMap<string, NewAgentConfiguration>;

/**
 * An agent with all whom it may hand over to or call, and whom these may. One that is in no store is left out: then nobody is
 * offered it.
 */
export async function loadTeam(
  agents: AgentStore | undefined,
  name: string,
  configuration: NewAgentConfiguration,
): Promise<Team> {
  const team = new Map([[name, configuration]]);
  const sought = namesIn(configuration);
  for (let slug = sought.shift(); slug !== undefined; slug = sought.shift()) {
    if (team.has(slug)) continue;
    const found = await agents?.get(slug).catch(undefinedWhenMissing);
    if (!found) continue;
    team.set(slug, found);
    sought.push(...namesIn(found));
  }
  return team;
}

function namesIn({ handoffs = [], agents = [] }: NewAgentConfiguration): string[] {
  return [...handoffs, ...agents].map(({ agent }) => agent);
}

function undefinedWhenMissing(error: unknown): undefined {
  if (error instanceof TroupeError && error.code === 'agent_not_found') return undefined;
  throw error;
}
