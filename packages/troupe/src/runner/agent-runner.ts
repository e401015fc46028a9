import type {
  AgentAnswer,
  ChatOptions,
  ObjectAnswer,
  ObjectOptions,
  OutputOf,
  OutputType,
  UserMemoryExtractor,
} from '@troupe/agent';
import { type MemoryStrategy, TroupeError } from '@troupe/contracts';
import type { RateLimiter } from '@troupe/rate-limiter';
import type {
  AgentStore,
  ChatModel,
  NewAgentConfiguration,
  ThreadAuth,
  ThreadStore,
  TodoStore,
  ToolFor,
  UserMemoryStore,
} from '@troupe/spec';
import type { ToolRegistry } from '@troupe/tools';
import type { Agent, AgentOptions } from '../agent.js';
import { ReliableModel } from '../models/reliable-model.js';
import { resolveModel } from '../models/resolve-model.js';
import { injectionGuardrails } from './injection-guardrails.js';
import { loadTeam } from './load-team.js';
import { TeamAgents } from './team-agents.js';

/** Where agents and threads are, who answers, and what holds for every run. */
export interface AgentRunnerOptions<Deps = unknown>
  extends Pick<AgentOptions<Deps>, 'approve' | 'guardrails' | 'hooks' | 'onQuestion' | 'prices'> {
  threads: ThreadStore;
  /** Where agents are found by their slug. */
  agents?: AgentStore;
  /** Who may read and continue which thread; its owner unless told. */
  auth?: ThreadAuth;
  /** Answers for every agent, whatever model its configuration names. */
  provider: ChatModel;
  /**
   * Judges for guardrails. Where no `guardrails` are given, which are those of every run before an agent's own, it looks for
   * prompt injection in what users say.
   */
  judgeProvider?: ChatModel;
  /** Wins over the strategy of the agent. */
  memory?: MemoryStrategy;
  /** What is remembered about users. */
  userMemory?: UserMemoryStore;
  /** Looks for facts about the user after every answer. */
  extractor?: UserMemoryExtractor;
  /** Counts every call of `provider`. */
  limiter?: RateLimiter;
  /** Where names of tools are looked up first; then among those that ship with Troupe. */
  registry?: ToolRegistry<Deps>;
  /** Tools that every agent has beside its own. */
  tools?: readonly ToolFor<Deps>[];
  deps?: Deps;
  todos?: TodoStore;
}

/** One message to an agent on a thread. */
export interface AgentRun<Deps = unknown> extends ChatOptions<Deps> {
  /** Slug of an agent of the store, or what such an agent is. */
  agent: string | NewAgentConfiguration;
  threadId: string;
  message: string;
}

/**
 * Runs any agent on any thread of a store: nothing of a conversation is kept in the process. Runs of different threads go on
 * side by side; on one thread there is one at a time.
 */
export class AgentRunner<Deps = unknown> {
  readonly #options: AgentRunnerOptions<Deps>;
  readonly #model: ChatModel;
  readonly #followUps = new Set<Promise<void>>();

  constructor(options: AgentRunnerOptions<Deps>) {
    const { provider, limiter } = options;
    this.#options = options;
    // A model that is retried already is not retried again around that.
    const limited = provider instanceof ReliableModel && limiter ? { limiter, retries: 0 } : { limiter };
    this.#model = resolveModel({ model: provider, ...limited });
  }

  /**
   * The answer with what it took. Until it is there the thread is as it was. Where the agent has an output schema and the run
   * brings none, the answer has an `output` of that schema.
   * @throws TroupeError `thread_not_found`, `agent_not_found`, `tool_not_found`, `thread_busy` while another run is under way
   * on the thread, and what `Agent.run` throws
   */
  async run<S extends OutputType>(run: AgentRun<Deps> & ObjectOptions<S, Deps>): Promise<ObjectAnswer<OutputOf<S>>>;
  async run(run: AgentRun<Deps>): Promise<AgentAnswer>;
  async run(run: AgentRun<Deps>): Promise<AgentAnswer> {
    const { agent, output } = await this.#prepare(run);
    const answer = await agent.run(run.message, { ...output, ...run });
    this.#follow(agent);
    return answer;
  }

  /** The answer in pieces as the model writes it. Leaving the loop early ends the run. @throws as `run` */
  async *stream(run: AgentRun<Deps>): AsyncGenerator<string> {
    const { agent, output } = await this.#prepare(run);
    yield* agent.stream(run.message, { ...output, ...run });
    this.#follow(agent);
  }

  /** Resolves when what follows the answers so far is done: summaries, facts about users. Due before a process ends. */
  async settled(): Promise<void> {
    while (this.#followUps.size > 0) await Promise.all(this.#followUps);
  }

  async #prepare({ agent: asked, threadId }: AgentRun<Deps>) {
    const { agents, threads, userMemory, todos, provider: _, limiter: __, ...options } = this.#options;
    const { judgeProvider: judge, guardrails = judge ? injectionGuardrails : [], ...shared } = options;
    const { name, configuration } = await this.#configuration(asked);
    const stores = { threads, memory: userMemory, todos };
    const all = { ...shared, model: this.#model, judge, guardrails, stores, threadId };
    const team = new TeamAgents(await loadTeam(agents, name, configuration), all);
    return { agent: team.agent(name), output: outputOf(configuration) };
  }

  async #configuration(asked: string | NewAgentConfiguration) {
    if (typeof asked !== 'string') return { name: asked.name, configuration: asked };
    const { agents } = this.#options;
    if (agents) return { name: asked, configuration: await agents.get(asked) };
    throw new TroupeError({
      code: 'invalid_request',
      fault: 'caller',
      message: `There is no store to find the agent "${asked}" in. Pass agents to the AgentRunner, or the agent itself.`,
    });
  }

  #follow(agent: Agent<Deps>): void {
    const settled = agent.settled().finally(() => this.#followUps.delete(settled));
    this.#followUps.add(settled);
  }
}

function outputOf({
  output_schema: schema,
  output_name: schemaName,
  output_retries: outputRetries,
}: NewAgentConfiguration) {
  return schema && { schema, schemaName, outputRetries };
}
