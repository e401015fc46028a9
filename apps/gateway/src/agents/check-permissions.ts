import { deniedToolProblems, ruleProblems } from '@troupe/agent';
import { type AgentConfiguration, agentToolName } from '@troupe/contracts';
import { refuseProblems } from './refuse-problems.js';

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
  refuseProblems(problems);
}
