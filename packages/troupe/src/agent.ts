import { Agent as RuntimeAgent, type AgentOptions as RuntimeAgentOptions, resolveTools } from '@troupe/agent';
import type { TodoStore, Tool } from '@troupe/spec';
import { toolsByName } from '@troupe/tools';
import { type ModelChoice, resolveModel } from './resolve-model.js';
import { resolvePersona } from './resolve-persona.js';
import { systemEnvironment } from './system-environment.js';

export type AgentOptions = Omit<RuntimeAgentOptions, 'environment' | 'model' | 'tools'> &
  ModelChoice & {
    /** Slug of a persona that ships with Troupe; its name, definition, tools and memory hold where none are given. */
    persona?: string;
    /** Tools of your own (`tool`), and names of tools that ship with Troupe. */
    tools?: readonly (Tool | string)[];
    /** Where the to-do tools keep tasks; in memory unless told. */
    todos?: TodoStore;
  };

/**
 * An agent in this process: no server, no database.
 *
 * @throws TroupeError `invalid_request` without a role, definition or persona; `agent_not_found`, `tool_not_found` and
 * `model_not_found` with near matches; `provider_not_configured` without a key where the provider needs one.
 */
export class Agent extends RuntimeAgent {
  constructor(options: AgentOptions) {
    const { persona, tools, todos, ...given } = options;
    const base = persona === undefined ? undefined : resolvePersona(persona);
    const ownDefinition = given.role !== undefined || given.definition !== undefined;
    super({
      ...given,
      name: given.name ?? base?.name,
      definition: ownDefinition ? given.definition : base?.definition,
      modelSettings: given.modelSettings ?? base?.model_settings,
      memory: given.memory ?? base?.memory,
      maxTurns: given.maxTurns ?? base?.max_turns,
      model: resolveModel(options),
      tools: findTools(tools ?? base?.tools ?? []),
      environment: systemEnvironment(todos),
    });
  }
}

function findTools(chosen: readonly (Tool | string)[]): Tool[] {
  const names = chosen.filter((tool) => typeof tool === 'string');
  const shipped = resolveTools(names, toolsByName);
  return chosen.flatMap((tool) => (typeof tool === 'string' ? (shipped.get(tool) ?? []) : tool));
}
