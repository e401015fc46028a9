import { guardrailProblems, untrustedProblems } from '@troupe/agent';
import { type AgentConfiguration, agentToolName, handoffToolName } from '@troupe/contracts';
import { refuseProblems } from './refuse-problems.js';

/**
 * Refuses guardrails that could not do what they say: patterns that could take forever, tools that are not there.
 * @throws TroupeError `invalid_request` or `tool_not_found` that names the fields, with near matches
 */
export function checkGuardrails(configuration: AgentConfiguration): void {
  const { guardrails = [], untrusted = {}, tools, agents = [], handoffs = [] } = configuration;
  const callable = [...tools, ...agents.map(({ agent, name }) => name ?? agentToolName(agent))];
  const known = [...callable, ...handoffs.map(({ agent }) => handoffToolName(agent))];
  const problems = [
    ...guardrailProblems(guardrails, known).map((problem) => ({ ...problem, path: ['guardrails', ...problem.path] })),
    ...untrustedProblems(untrusted, callable).map((problem) => ({ ...problem, path: ['untrusted', ...problem.path] })),
  ];
  refuseProblems(problems);
}
