import { type AgentProblem, agentProblems } from '@troupe/agent';
import { type AgentConfiguration, TroupeError } from '@troupe/contracts';
import type { ModelCatalog } from '@troupe/spec';
import { type ToolRegistry, toolsByName } from '@troupe/tools';

/** What agents of a store may name. Other agents must always be in the store, or be the agent itself. */
export interface AgentNames {
  /** Tools beside those that ship with Troupe. Absent: names of tools are not checked when an agent is saved. */
  registry?: Pick<ToolRegistry, 'names'> | undefined;
  /** Of `createModelCatalog`. Absent: names of models are not checked when an agent is saved. */
  models?: Pick<ModelCatalog, 'resolve'> | undefined;
}

/** Whether names of other agents have to be known to check a change. */
export function namesAgents({ handoffs = [], agents = [] }: Partial<AgentConfiguration>): boolean {
  return handoffs.length + agents.length > 0;
}

/**
 * Refuses an agent that names what is not there.
 * @param changed the fields that are new: what was saved before may have been taken away since, and is left alone
 * @param known slugs of agents
 * @throws TroupeError `tool_not_found` or `agent_not_found` with near matches, where several are missing for the first;
 * what `models.resolve` throws
 */
export function checkNames(
  configuration: AgentConfiguration,
  changed: Partial<AgentConfiguration>,
  { registry, models, known }: AgentNames & { known: readonly string[] },
): void {
  const tools = registry && [...new Set([...toolsByName.keys(), ...registry.names])];
  const isNew = ({ path: [field = ''] }: AgentProblem) => changed[field as keyof AgentConfiguration] !== undefined;
  const problems = agentProblems(configuration, { tools, agents: known }).filter(isNew);
  if (problems.length > 0) throw refused(problems);
  for (const model of modelsIn(changed)) models?.resolve(model);
}

function modelsIn({ model, fallback_models = [], routing, guardrails = [] }: Partial<AgentConfiguration>): string[] {
  const judges = guardrails.flatMap(({ check }) => (check.type === 'judge' && check.model ? [check.model] : []));
  return [...(model ? [model] : []), ...fallback_models, ...Object.values(routing?.tiers ?? {}), ...judges];
}

function refused(problems: readonly AgentProblem[]): TroupeError {
  return new TroupeError({
    code: problems[0]?.kind === 'agent' ? 'agent_not_found' : 'tool_not_found',
    fault: 'caller',
    message: problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    details: {
      near_matches: [...new Set(problems.flatMap(({ near_matches }) => near_matches))],
      errors: problems.map(({ path, message }) => ({ field: path.join('.'), message })),
    },
  });
}
