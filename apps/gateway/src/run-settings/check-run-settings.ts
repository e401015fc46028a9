import { unknownName, untrustedOutputFormat } from '@troupe/agent';
import { type AgentConfiguration, agentToolName, handoffToolName, nearMatches, TroupeError } from '@troupe/contracts';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { RunSettings } from './run-settings.js';

/** What an agent can call, as far as settings may name it. */
export type Callable = Pick<AgentConfiguration, 'tools' | 'agents' | 'handoffs'>;

/**
 * Refuses an output schema that cannot be used.
 * @throws TroupeError `invalid_request` that names the field
 */
export function checkOutput({ output_schema, output_name }: RunSettings): void {
  if (!output_schema) return;
  try {
    untrustedOutputFormat(output_schema, output_name);
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    throw invalidRequest([fieldError(['output_schema'], error.message)]);
  }
}

/** Whether settings name tools, so that the agent has to be known. */
export function namesTools({ tool_choice, stop_on_tools }: RunSettings): boolean {
  return tool_choice === 'required' || typeof tool_choice === 'object' || stop_on_tools !== undefined;
}

/**
 * Refuses settings that name tools which the agent does not have: they would be waited for in vain.
 * @throws TroupeError `tool_not_found` with near matches; `invalid_request` where a tool is required and there is none
 */
export function checkToolUse({ tool_choice, stop_on_tools = [] }: RunSettings, agent: Callable): void {
  const { tools, agents = [], handoffs = [] } = agent;
  const callable = [...tools, ...agents.map(({ agent, name }) => name ?? agentToolName(agent))];
  const forceable = [...callable, ...handoffs.map(({ agent }) => handoffToolName(agent))];
  if (tool_choice === 'required' && forceable.length === 0) {
    throw invalidRequest([fieldError(['tool_choice'], 'tool_choice is required, and the agent has no tools.')]);
  }
  const forced = typeof tool_choice === 'object' ? tool_choice.tool : undefined;
  const unknown = [
    ...(forced === undefined || forceable.includes(forced)
      ? []
      : [{ path: ['tool_choice', 'tool'], name: forced, known: forceable }]),
    ...stop_on_tools.flatMap((name, index) =>
      callable.includes(name) ? [] : [{ path: ['stop_on_tools', String(index)], name, known: callable }],
    ),
  ];
  if (unknown.length === 0) return;
  const errors = unknown.map(({ path, name, known }) =>
    fieldError(path, `The agent has no such tool. ${unknownName('tool', name, known)}`),
  );
  throw new TroupeError({
    code: 'tool_not_found',
    fault: 'caller',
    message: errors.map(({ message }) => message).join(' '),
    details: {
      near_matches: [...new Set(unknown.flatMap(({ name, known }) => nearMatches(name, known)))],
      errors: errors.map((error) => ({ ...error })),
    },
  });
}
