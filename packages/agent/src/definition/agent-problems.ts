import { type AgentConfiguration, agentToolName, nearMatches } from '@troupe/contracts';
import { deniedToolProblems, ruleProblems } from '../permissions/rule-problems.js';
import { unknownName } from '../tools/unknown-name.js';

/** A name in a configuration that nothing has; `path` leads to it from the outside in. */
export interface AgentProblem {
  path: string[];
  kind: 'agent' | 'tool';
  message: string;
  near_matches: string[];
}

/** What an agent may name. A list that is absent is not known, and what it would hold is not checked. */
interface KnownNames {
  tools?: readonly string[] | undefined;
  /** Slugs. */
  agents?: readonly string[] | undefined;
}

type Naming = Partial<Pick<AgentConfiguration, 'tools' | 'handoffs' | 'agents' | 'approvals' | 'denied_tools'>>;

/**
 * Tools and agents that a configuration names and that are not there, those of its permission rules included. Models are for
 * their catalog to check, guardrails for `guardrailProblems`.
 */
export function agentProblems(configuration: Naming, known: KnownNames): AgentProblem[] {
  return [
    ...(known.tools ? toolProblems(configuration, known.tools) : []),
    ...(known.agents ? targetProblems(configuration, known.agents) : []),
  ];
}

function toolProblems(
  { tools = [], agents = [], approvals = [], denied_tools = [] }: Naming,
  known: readonly string[],
): AgentProblem[] {
  const callable = [...known, ...agents.map(({ agent, name }) => name ?? agentToolName(agent))];
  const inRules = [
    ...ruleProblems(approvals, callable).map((problem) => ({ ...problem, path: ['approvals', ...problem.path] })),
    ...deniedToolProblems(denied_tools, callable).map((problem) => ({
      ...problem,
      path: ['denied_tools', ...problem.path],
    })),
  ];
  return [
    ...unknown('tool', tools, known, (index) => ['tools', index]),
    ...inRules.flatMap(({ path, message, near_matches }) =>
      near_matches ? [{ path, kind: 'tool' as const, message, near_matches }] : [],
    ),
  ];
}

function targetProblems({ handoffs = [], agents = [] }: Naming, known: readonly string[]): AgentProblem[] {
  return Object.entries({ handoffs, agents }).flatMap(([field, targets]) => {
    const slugs = targets.map(({ agent }) => agent);
    return unknown('agent', slugs, known, (index) => [field, index, 'agent']);
  });
}

function unknown(
  kind: 'agent' | 'tool',
  names: readonly string[],
  known: readonly string[],
  pathOf: (index: string) => string[],
): AgentProblem[] {
  return names.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [
          {
            path: pathOf(String(index)),
            kind,
            message: unknownName(kind, name, known),
            near_matches: nearMatches(name, known),
          },
        ],
  );
}
