import { type AgentHandoff, agentAsTool, handoff } from '@troupe/agent';
import { TroupeError } from '@troupe/contracts';
import type { ChatModel, NewAgentConfiguration, ToolFor } from '@troupe/spec';
import { Agent, type AgentOptions } from '../agent.js';
import type { Team } from './load-team.js';
import { optionsOfConfiguration } from './options-of-configuration.js';

/** What all agents of a run share. */
export type SharedOptions<Deps> = Omit<AgentOptions<Deps>, 'provider' | 'model' | 'fallbackModels'> & {
  model: ChatModel;
};

/** The agents of a team, each made when it is first needed: they may name each other in circles. */
export class TeamAgents<Deps> {
  readonly #team: Team;
  readonly #shared: SharedOptions<Deps>;
  readonly #agents = new Map<string, Agent<Deps>>();

  constructor(team: Team, shared: SharedOptions<Deps>) {
    this.#team = team;
    this.#shared = shared;
  }

  /** @throws TroupeError `agent_not_found`, `tool_not_found` with near matches */
  agent(name: string): Agent<Deps> {
    const made = this.#agents.get(name) ?? this.#make(name);
    this.#agents.set(name, made);
    return made;
  }

  #make(name: string): Agent<Deps> {
    const configuration = this.#team.get(name);
    if (!configuration) throw notFound(name);
    const { guardrails = [], tools = [], memory, ...shared } = this.#shared;
    const own = optionsOfConfiguration(configuration);
    return new Agent<Deps>({
      ...own,
      ...shared,
      name,
      memory: memory ?? own.memory,
      guardrails: [...guardrails, ...(configuration.guardrails ?? [])],
      tools: [...(configuration.tools ?? []), ...tools, ...this.#agentTools(configuration)],
      handoffs: () => this.#handoffs(configuration),
    });
  }

  #agentTools({ agents = [] }: NewAgentConfiguration): ToolFor<Deps>[] {
    return agents.flatMap(({ agent: name, name: toolName, description, input_schema }) => {
      const other = this.#team.get(name);
      if (!other) return [];
      const called = {
        name,
        description: other.description,
        answerCall: (...call: Parameters<Agent<Deps>['answerCall']>) => this.agent(name).answerCall(...call),
      };
      return agentAsTool<Deps>(called, { name: toolName, description, inputSchema: input_schema });
    });
  }

  #handoffs({ handoffs = [] }: NewAgentConfiguration): AgentHandoff<Deps>[] {
    return handoffs
      .filter(({ agent }) => this.#team.has(agent))
      .map(({ agent, description, input_schema, history, enabled }) =>
        handoff<Deps>(this.agent(agent), {
          description,
          inputType: input_schema,
          inputFilter: history,
          isEnabled: enabled,
        }),
      );
  }
}

function notFound(name: string): TroupeError {
  return new TroupeError({ code: 'agent_not_found', fault: 'caller', message: `There is no agent "${name}".` });
}
