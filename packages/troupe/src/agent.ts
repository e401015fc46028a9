import { Agent as RuntimeAgent, type AgentOptions as RuntimeAgentOptions, resolveTools } from '@troupe/agent';
import { TroupeError } from '@troupe/contracts';
import type { ChatModel, NewAgentConfiguration, TodoStore, ToolFor } from '@troupe/spec';
import { type ToolRegistry, toolsByName } from '@troupe/tools';
import { refuseUnsupported } from './definitions/refuse-unsupported.js';
import { configuredModel } from './models/configured-model.js';
import { type ModelChoice, resolveModel } from './models/resolve-model.js';
import { resolvePersona } from './resolve-persona.js';
import { optionsOfConfiguration } from './runner/options-of-configuration.js';
import { systemEnvironment } from './system-environment.js';
import { withoutUndefined } from './without-undefined.js';

/**
 * What an agent is made of. It needs a model (`provider` with `model` and `apiKey`, or `model` alone) and somebody to be:
 * `role`, `definition`, `configuration` or `persona`. All else has a default.
 */
export type AgentOptions<Deps = unknown> = Omit<
  RuntimeAgentOptions<Deps>,
  'environment' | 'model' | 'tools' | 'judge'
> &
  ModelChoice & {
    /** What the agent is as data, such as a file that `loadAgent` read; holds where the other options say nothing. */
    configuration?: NewAgentConfiguration;
    /** Slug of a persona that ships with Troupe, in place of a `configuration`. */
    persona?: string;
    /** Tools of your own (`tool`, `toolsOf`), and names of tools: of the registry, or of those that ship with Troupe. */
    tools?: readonly (ToolFor<Deps> | string)[];
    /** Where names of tools are looked up first. */
    registry?: ToolRegistry<Deps>;
    /** Who judges for guardrails: another model than the agent's is harder to talk into both. Absent: the agent's own. */
    judge?: ChatModel | ModelChoice;
    /** Where the to-do tools keep tasks; in memory unless told. */
    todos?: TodoStore;
  };

/**
 * An agent in this process: no server, and no database unless it is given `stores`.
 *
 * @throws TroupeError `invalid_request` without a role, definition, configuration or persona, and for a
 * configuration that says more than one agent can do by itself; `agent_not_found`, `tool_not_found` and
 * `model_not_found` with near matches; `provider_not_configured` without a key where the provider needs one.
 */
export class Agent<Deps = unknown> extends RuntimeAgent<Deps> {
  constructor(options: AgentOptions<Deps>) {
    const { persona, configuration, tools, registry, todos, judge, ...given } = options;
    if (configuration) refuseUnsupported(configuration);
    const base = configuration ?? (persona === undefined ? undefined : resolvePersona(persona));
    const described = base && { name: base.name, guardrails: base.guardrails, ...optionsOfConfiguration(base) };
    const ownDefinition = given.role !== undefined || given.definition !== undefined;
    super({
      ...described,
      ...withoutUndefined(given),
      definition: ownDefinition ? given.definition : base?.definition,
      model: resolveModel(configuration ? configuredModel(options, configuration) : options),
      ...(judge && { judge: 'generate' in judge ? judge : resolveModel(judge) }),
      tools: findTools(tools ?? base?.tools ?? [], registry),
      environment: systemEnvironment(todos ?? given.stores?.todos),
    });
  }
}

function findTools<Deps>(
  chosen: readonly (ToolFor<Deps> | string)[],
  registry: ToolRegistry<Deps> | undefined,
): ToolFor<Deps>[] {
  // Programs without types may pass anything, such as the tools by their names.
  if (!Array.isArray(chosen)) throw refused('tools is a list: [getWeather], or names of tools.');
  const unknown = chosen.findIndex((tool) => typeof tool !== 'string' && typeof tool?.execute !== 'function');
  if (unknown >= 0) throw refused(`tools[${unknown}] is no tool. Make it with tool({ … }), or pass the name of one.`);
  const names = chosen.filter((tool) => typeof tool === 'string');
  if (names.length === 0) return chosen.filter((tool) => typeof tool !== 'string');
  const catalog = registry ? new Map([...toolsByName, ...named(registry)]) : toolsByName;
  const found = resolveTools<ToolFor<Deps>>(names, catalog);
  return chosen.flatMap((tool) => (typeof tool === 'string' ? (found.get(tool) ?? []) : tool));
}

function refused(message: string): TroupeError {
  return new TroupeError({ code: 'invalid_request', fault: 'caller', message });
}

function named<Deps>(registry: ToolRegistry<Deps>): [string, ToolFor<Deps>][] {
  return Array.from(registry, (tool) => [tool.name, tool]);
}
