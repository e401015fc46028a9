import { inputSchemaProblem } from '@troupe/agent';
import { type AgentConfiguration, agentToolName, handoffToolName } from '@troupe/contracts';
import type { FieldError } from '../errors/field-error.js';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';

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
