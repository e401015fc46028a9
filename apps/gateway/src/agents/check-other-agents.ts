import { inputSchemaProblem, unknownName } from '@troupe/agent';
import { type AgentConfiguration, agentToolName, handoffToolName, nearMatches, TroupeError } from '@troupe/contracts';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { FieldError } from '../errors/problem.js';

type OtherAgents = Pick<AgentConfiguration, 'handoffs' | 'agents'>;

/**
 * Refuses agents that are not there.
 * @param known slugs of the tenant's agents
 * @throws TroupeError `agent_not_found` that names the fields, with near matches
 */
export function checkTargets({ handoffs = [], agents = [] }: OtherAgents, known: readonly string[]): void {
  const named = [
    ...handoffs.map(({ agent }, index) => ({ agent, field: ['handoffs', String(index), 'agent'] })),
    ...agents.map(({ agent }, index) => ({ agent, field: ['agents', String(index), 'agent'] })),
  ];
  const missing = named.filter(({ agent }) => !known.includes(agent));
  if (missing.length === 0) return;
  const errors = missing.map(({ agent, field }) => fieldError(field, unknownName('agent', agent, known)));
  throw new TroupeError({
    code: 'agent_not_found',
    fault: 'caller',
    message: errors.map(({ message }) => message).join(' '),
    details: {
      near_matches: [...new Set(missing.flatMap(({ agent }) => nearMatches(agent, known)))],
      errors: errors.map((error) => ({ ...error })),
    },
  });
}

/**
 * Refuses what a model could not tell apart, a handoff to nobody else, and schemas that cannot be used.
 * @throws TroupeError `invalid_request` that names the fields
 */
export function checkOtherAgents({ tools, handoffs = [], agents = [] }: AgentConfiguration, slug: string): void {
  const errors: FieldError[] = [];
  const names = new Map<string, string>(tools.map((name) => [name, 'one of its tools']));
  const take = (name: string, field: string[], what: string) => {
    const taken = names.get(name);
    if (taken) errors.push(fieldError(field, `The tool would be called ${name}, like ${taken}.`));
    names.set(name, what);
  };
  for (const [index, { agent, input_schema }] of handoffs.entries()) {
    const field = ['handoffs', String(index)];
    if (agent === slug) errors.push(fieldError([...field, 'agent'], 'An agent cannot hand over to itself.'));
    take(handoffToolName(agent), [...field, 'agent'], `the handoff to ${agent}`);
    checkSchema(input_schema, [...field, 'input_schema'], errors);
  }
  for (const [index, { agent, name, input_schema }] of agents.entries()) {
    const field = ['agents', String(index)];
    take(name ?? agentToolName(agent), [...field, 'name'], `the agent ${agent}`);
    checkSchema(input_schema, [...field, 'input_schema'], errors);
  }
  if (errors.length > 0) throw invalidRequest(errors);
}

function checkSchema(
  schema: NonNullable<AgentConfiguration['handoffs']>[number]['input_schema'],
  field: string[],
  errors: FieldError[],
): void {
  const problem = schema && inputSchemaProblem(schema);
  if (problem !== undefined) errors.push(fieldError(field, `input_schema ${problem}.`));
}
