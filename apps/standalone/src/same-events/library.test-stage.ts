import { Agent, type AgentEnvironment, type AgentHandoff, handoff } from '@troupe/agent';
import { type AgentConfiguration, newId, type RunEventBody, type RunOptions } from '@troupe/contracts';
import type { ChatModel, PriceBook, Tool } from '@troupe/spec';
import { InMemoryTodoStore } from '@troupe/tools';

export interface LibraryOptions {
  model: ChatModel;
  /** By their names, as configurations name them. */
  tools: ReadonlyMap<string, Tool>;
  prices?: PriceBook;
}

/** Agents of the library, made of what a server would be sent. A server's slug is the name here. */
export class LibraryStage {
  readonly #configurations: ReadonlyMap<string, AgentConfiguration>;
  readonly #options: LibraryOptions;
  readonly #agents = new Map<string, Agent>();

  constructor(configurations: readonly AgentConfiguration[], options: LibraryOptions) {
    this.#configurations = new Map(configurations.map((configuration) => [configuration.name, configuration]));
    this.#options = options;
  }

  /** What the agent tells of its answer to the next message of its thread, from the first to the last. */
  async play(agent: string, message: string, options: RunOptions = {}): Promise<RunEventBody[]> {
    const events: RunEventBody[] = [];
    const onEvent = (event: RunEventBody) => void events.push(event);
    const asked = { ...controls(options), onEvent };
    const { output_schema, output_name, output_retries } = { ...this.#configuration(agent), ...options };
    const output = {
      ...(output_name !== undefined && { schemaName: output_name }),
      ...(output_retries !== undefined && { outputRetries: output_retries }),
    };
    const speaker = this.#agent(agent);
    const running = output_schema
      ? speaker.run(message, { ...asked, ...output, schema: output_schema })
      : speaker.run(message, asked);
    await running.catch((error: unknown) => {
      if (events.at(-1)?.type !== 'run.failed') throw error;
    });
    return events;
  }

  #configuration(name: string): AgentConfiguration {
    const configuration = this.#configurations.get(name);
    if (configuration) return configuration;
    throw new Error(`No agent of the test is called ${name}.`);
  }

  #agent(name: string): Agent {
    const agent = this.#agents.get(name) ?? this.#make(this.#configuration(name));
    this.#agents.set(name, agent);
    return agent;
  }

  #make(configuration: AgentConfiguration): Agent {
    const { name, description, definition, memory, max_turns, guardrails, tools } = configuration;
    const { model, prices, tools: catalog } = this.#options;
    return new Agent({
      name,
      description,
      definition,
      memory,
      maxTurns: max_turns,
      guardrails,
      ...controls(configuration),
      model,
      prices,
      tools: [...tools.flatMap((tool) => catalog.get(tool) ?? []), ...this.#agentTools(configuration)],
      // When they are first needed: agents may hand over in a circle.
      handoffs: () => this.#handoffs(configuration),
      environment: environment(),
    });
  }

  #agentTools({ agents = [] }: AgentConfiguration): Tool[] {
    return agents.map(({ agent, name, description, input_schema }) =>
      this.#agent(agent).asTool({ name, description, inputSchema: input_schema }),
    );
  }

  #handoffs({ handoffs = [] }: AgentConfiguration): AgentHandoff[] {
    return handoffs.map(({ agent, description, input_schema, history, enabled }) =>
      handoff(this.#agent(agent), {
        description,
        inputType: input_schema,
        inputFilter: history,
        isEnabled: enabled,
      }),
    );
  }
}

function controls({ limits, tool_choice, stop_on_tools }: RunOptions) {
  return {
    ...(limits && { limits }),
    ...(tool_choice && { toolChoice: tool_choice }),
    ...(stop_on_tools && { stopOnTools: stop_on_tools }),
  };
}

function environment(): AgentEnvironment {
  const now = () => new Date();
  return {
    newId,
    now,
    todos: new InMemoryTodoStore({ now }),
    startTimeout: (milliseconds, reason) => {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(reason()), milliseconds);
      return { signal: controller.signal, clear: () => clearTimeout(timer) };
    },
    onTrouble: (error) => {
      throw error;
    },
  };
}
