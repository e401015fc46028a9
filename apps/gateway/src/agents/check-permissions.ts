import { deniedToolProblems, ruleProblems } from '@troupe/agent';
import { type AgentConfiguration, agentToolName, TroupeError } from '@troupe/contracts';
import { fieldError } from '../errors/invalid-request.js';

/**
 * Refuses rules that name a tool which is not there: one that speaks of nothing would look like a protection.
 * @param tools names of the server's tools
 * @throws TroupeError `invalid_request` that names the fields, with near matches
 */
export function checkPermissions(configuration: AgentConfiguration, tools: Iterable<string>): void {
  const { approvals = [], denied_tools = [], agents = [] } = configuration;
  const known = [...tools, ...agents.map(({ agent, name }) => name ?? agentToolName(agent))];
  const problems = [
    ...ruleProblems(approvals, known).map(({ path, ...rest }) => ({ path: ['approvals', ...path], ...rest })),
    ...deniedToolProblems(denied_tools, known).map(({ path, ...rest }) => ({
      path: ['denied_tools', ...path],
      ...rest,
    })),
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
