import { guardrailProblems, untrustedProblems } from '@troupe/agent';
import { type AgentConfiguration, agentToolName, TroupeError } from '@troupe/contracts';
import { fieldError } from '../errors/invalid-request.js';

/**
 * Refuses guardrails that could not do what they say: patterns that could take forever, tools that are not there.
 * @throws TroupeError `invalid_request` or `tool_not_found` that names the fields, with near matches
 */
export function checkGuardrails(configuration: AgentConfiguration): void {
  const { guardrails = [], untrusted = {}, tools, agents = [] } = configuration;
  const known = [...tools, ...agents.map(({ agent, name }) => name ?? agentToolName(agent))];
  const problems = [
    ...guardrailProblems(guardrails, known).map((problem) => ({ ...problem, path: ['guardrails', ...problem.path] })),
    ...untrustedProblems(untrusted, known).map((problem) => ({ ...problem, path: ['untrusted', ...problem.path] })),
  ];
  if (problems.length === 0) return;
  const errors = problems.map(({ path, message }) => fieldError(path, message));
  throw new TroupeError({
    code: problems.every(({ near_matches }) => near_matches) ? 'tool_not_found' : 'invalid_request',
    fault: 'caller',
    message: errors.map(({ message }) => message).join(' '),
    details: {
      near_matches: [...new Set(problems.flatMap(({ near_matches = [] }) => near_matches))],
      errors: errors.map((error) => ({ ...error })),
    },
  });
}
