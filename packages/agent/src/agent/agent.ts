import { cleanText, type RunEventBody, TroupeError, type Usage } from '@troupe/contracts';
import type { ModelMessage, People, PriceBook, Tool, ToolFor } from '@troupe/spec';
import { compileSystemPrompt } from '../definition/compile-system-prompt.js';
import { DEFAULT_MAX_TURNS, DEFAULT_MEMORY } from '../definition/defaults.js';
import { countedGuards } from '../guardrails/counted-guards.js';
import { hasReadUntrusted } from '../guardrails/read-untrusted.js';
import type { AgentHandoff, HandoffAgent } from '../handoff/agent-handoff.js';
import { handoversOf, lastHandoff, resolveHandoffs } from '../handoff/agent-handovers.js';
import { RunAllowance } from '../limits/run-allowance.js';
import { NOTHING_SPENT } from '../limits/run-spent.js';
import { runConfiguration } from '../run/run-configuration.js';
import { RunLog } from '../run/run-log.js';
import { runTurns } from '../run/run-turns.js';
import type { Speaker } from '../run/run-turns-options.js';
import { toldRun } from '../run/told-run.js';
import { checkOfSchema } from '../structured-output/check-of-schema.js';
import { followOutput } from '../structured-output/follow-output.js';
import { listOf } from '../structured-output/list-of.js';
import { outputFormat } from '../structured-output/output-format.js';
import { OutputStream } from '../structured-output/output-stream.js';
import type { InputOf, OutputOf, OutputType, PartialOf } from '../structured-output/output-type.js';
import {
  type AgentToolOptions,
  agentAsTool,
  type CallableAgent,
  type CallContext,
  type CallOptions,
} from '../subagents/agent-as-tool.js';
import { reportSubrun } from '../subagents/report-subrun.js';
import type { AcceptedCall } from '../turn/decide-next.js';
import { addUsage } from '../usage/add-usage.js';
import { guardsOf, refuseBadGuardrails } from './agent-guards.js';
import type { AgentAnswer, AgentOptions, ChatOptions, ObjectAnswer, ObjectOptions } from './agent-options.js';
import { peopleOf, permissionsOf, runHooksOf } from './agent-permissions.js';
import { Authors } from './authors.js';
import { callTool, contextOfCall } from './call-tool.js';
import type { Exchange } from './conversation.js';
import { definitionOf } from './definition-of.js';
import { factsAbout } from './facts-about.js';
import { followUp } from './follow-up.js';
import type { InMemoryThread } from './in-memory-thread.js';
import { beginThread, openThread } from './open-thread.js';
import { controlSettings } from './run-controls.js';
import type { RunFrame } from './run-frame.js';
import type { StoredThread } from './stored-thread.js';
import { streamText } from './stream-text.js';
import { wantedOutput } from './wanted-output.js';

/** What a run has of the one above it. */
interface PlaceBelow {
  runId: string;
  depth: number;
  people: People | undefined;
  prices: PriceBook | undefined;
  inherited: boolean;
  allowance: RunAllowance;
  onAnswered: CallOptions['onAnswered'];
}

/**
 * An agent in one process: no server, and no database unless it is given stores. It talks on one thread at a time and runs
 * one message at a time.
 */
export class Agent<Deps = unknown> implements HandoffAgent<Deps>, CallableAgent<Deps> {
  readonly name: string;
  readonly description: string | undefined;
  readonly #options: AgentOptions<Deps>;
  readonly #configuration: Speaker['configuration'];
  readonly #tools: ReadonlyMap<string, Tool>;
  #thread: InMemoryThread | StoredThread;
  #handoffs: readonly AgentHandoff<Deps>[] | undefined;
  /** By which handoff the agent took over that speaks on the thread; undefined: it is this one, or the messages tell. */
  #takenOver: AgentHandoff<Deps> | undefined;
  #busy = false;
  /** What is being made of the last answer, if anything is: the next message waits for it. Never rejects. */
  #followUp: Promise<void> | undefined;

  constructor(options: AgentOptions<Deps>) {
    this.name = options.name ?? 'Assistant';
    this.description = options.description;
    this.#options = options;
    this.#tools = new Map(options.tools?.map((tool) => [tool.name, tool satisfies Tool]));
    this.#configuration = {
      definition: definitionOf(options),
      model_settings: options.modelSettings,
      memory: options.memory ?? DEFAULT_MEMORY,
      max_turns: options.maxTurns ?? DEFAULT_MAX_TURNS,
      untrusted: options.untrusted,
      ...controlSettings(options),
    };
    if (typeof options.handoffs !== 'function')
      this.#handoffs = resolveHandoffs(this, options.handoffs ?? [], this.#tools);
    if (options.guardrails || options.untrusted) {
      refuseBadGuardrails(
        options,
        [...this.#tools.keys()],
        this.#handoffs?.map(({ tool }) => tool.name),
      );
    }
    const { threadId } = options;
    this.#thread =
      threadId === undefined
        ? beginThread(options, this.#configuration)
        : openThread(threadId, options, this.#configuration);
  }

  /** What the definition and the facts compile to. */
  get systemPrompt(): string {
    return compileSystemPrompt(this.#configuration.definition, { facts: this.#options.facts });
  }

  /** The thread so far, oldest first. */
  get messages(): readonly ModelMessage[] {
    return this.#thread.messages;
  }

  get threadId(): string {
    return this.#thread.id;
  }

  /**
   * Begins another conversation. The one before is forgotten, unless a store has it.
   * @param messages what was said so far, such as the `messages` that you kept of an agent: they are plain JSON
   * @throws TroupeError `thread_busy` while an answer is under way; `invalid_request` for what are no messages, and where
   * threads are in a store, which has them itself (`loadThread`)
   */
  newThread(messages: readonly ModelMessage[] = []): void {
    this.#refuseWhileBusy();
    this.#thread = beginThread(this.#options, this.#configuration, messages);
    this.#takenOver = undefined;
  }

  /**
   * Goes on with a thread of the store.
   * @throws TroupeError `thread_not_found`, also when it is somebody else's
   */
  async loadThread(threadId: string): Promise<void> {
    this.#refuseWhileBusy();
    const thread = openThread(threadId, this.#options, this.#configuration);
    await thread.load(this.#options.userId ?? null);
    this.#thread = thread;
    this.#takenOver = undefined;
  }

  /** Resolves when what follows the last answer is done: a summary, facts about the user. Due before a process ends. */
  async settled(): Promise<void> {
    await this.#followUp;
  }

  /** @throws TroupeError `invalid_request` where one hands over to itself, or the names of two tools are the same */
  get handoffs(): readonly AgentHandoff<Deps>[] {
    this.#handoffs ??= resolveHandoffs(this, this.#options.handoffs ?? [], this.#tools);
    return this.#handoffs;
  }

  /** The agent as a tool of others: each call is a run on a thread of its own, and what it uses is used by theirs. */
  asTool(options: AgentToolOptions = {}): ToolFor<Deps> {
    return agentAsTool(this, options);
  }

  /** Answers one call of another agent, of which nothing stays here. */
  async answerCall(
    input: string,
    context: CallContext<Deps>,
    { history, onEvent, onAnswered }: CallOptions = {},
  ): Promise<string> {
    const { name, description } = this;
    const { stores, threadId: _, extractor: __, ...options } = this.#options;
    const apart = new Agent<Deps>({
      ...options,
      name,
      description,
      stores: stores && { ...stores, threads: undefined },
    });
    if (history) await apart.#recall(history);
    const runId = options.environment.newId();
    const depth = (context.nesting?.depth ?? 0) + 1;
    const { signal, deps, userId, nesting } = context;
    const allowance = new RunAllowance(NOTHING_SPENT);
    const place = {
      runId,
      depth,
      allowance,
      people: nesting?.people,
      prices: nesting?.prices,
      // A tool of somebody's own does not say whose words it passes on.
      inherited: nesting !== undefined && nesting.untrusted !== false,
      onAnswered,
    };
    const subrun = {
      runId,
      threadId: apart.threadId,
      agent: name,
      onEvent: onEvent && ((event: RunEventBody) => onEvent(event, { runId, agent: name })),
    };
    const work = async (follow: (event: RunEventBody) => void) => {
      const given = { signal, deps, ...(userId !== null && { userId }), onEvent: follow, limits: nesting?.limits };
      return (await apart.#run(input, given, place)).text;
    };
    return reportSubrun(subrun, context, work, () => allowance.spent);
  }

  /** Begins with a conversation that was held elsewhere. */
  async #recall(history: readonly ModelMessage[]): Promise<void> {
    const exchange = await this.#thread.begin(null);
    await exchange.append(history, this.#options.environment.now());
    await exchange.end();
  }

  /** How it answers in a run: its own, or one of which it took over. */
  async speak(run: RunFrame<Deps>): Promise<Speaker> {
    const deps = run.deps ?? this.#options.deps ?? run.firstDeps;
    const { name } = this;
    const tools = this.#tools;
    const { environment, untrusted = run.untrusted } = this.#options;
    run.untrusted = untrusted;
    for (const [tool, { trusted, asksUser }] of tools) {
      // Of two agents' tools of one name the results are not told apart later.
      const known = run.trust.get(tool) ?? { trusted, asksUser };
      run.trust.set(tool, { trusted: trusted && known.trusted, asksUser: asksUser && known.asksUser });
    }
    const contextOf = (call: AcceptedCall) => contextOfCall(call, run, { environment, deps });
    const facts = await factsAbout(run.userId, this.#options);
    const guards = guardsOf(this.#options, { userId: run.userId, deps });
    const watched = guards && countedGuards(guards, (usage) => run.spend(usage, { requests: 1, toolCalls: 0 }));
    return {
      model: this.#options.model,
      configuration: { ...runConfiguration(this.#configuration, run.asked), untrusted },
      tools,
      facts,
      ...permissionsOf(this.#options, run, { name, tools: run.trust, untrusted, facts, guards: watched, contextOf }),
      guards,
      runTool: (call) => callTool(call, contextOf(call), environment),
    };
  }

  /** The agent's answer as text. */
  async chat(text: string, options: ChatOptions<Deps> = {}): Promise<string> {
    return (await this.run(text, options)).text;
  }

  /**
   * The answer in pieces as the model writes it, including what it says before it calls tools. Leaving the loop early
   * ends the run.
   */
  async *stream(text: string, options: ChatOptions<Deps> = {}): AsyncGenerator<string> {
    yield* streamText(options, (followed) => this.run(text, { ...options, ...followed }));
  }

  /**
   * The answer as a value that is valid by the schema, whatever the provider did about it. Tools are called before it.
   * @throws TroupeError `output_invalid` when the model gives no valid answer, with the last one and its errors in `details`
   */
  async object<S extends OutputType>(text: string, options: ObjectOptions<S, Deps>): Promise<OutputOf<S>> {
    return (await this.run(text, { ...options, schema: options.schema })).output;
  }

  /**
   * What is there of the answer, at most twenty times a second, and then (as what the generator returns) the whole,
   * validated. The parts are not validated: anything may be missing, and the last text may be cut off. After an answer
   * that was not valid they begin anew. Leaving the loop early ends the run.
   */
  streamObject<S extends OutputType>(
    text: string,
    options: ObjectOptions<S, Deps>,
  ): AsyncGenerator<PartialOf<InputOf<S>>, OutputOf<S>> {
    const format = outputFormat(options.schema, options.schemaName);
    const { now } = this.#options.environment;
    return followOutput({
      stream: new OutputStream(format, () => now().getTime()),
      options,
      run: (changed) => this.object(text, { ...options, ...changed }),
      pieces: (stream) => stream.snapshots() as AsyncGenerator<PartialOf<InputOf<S>>>,
    });
  }

  /**
   * The elements of an answer that is a list, each as soon as it is whole and valid, and then (as what the generator
   * returns) the whole list. `schema` is that of one element. What was told stays told: an answer that is corrected
   * afterwards must begin with it.
   * @throws TroupeError `output_invalid`, also when a corrected answer changed what was told
   */
  streamElements<S extends OutputType>(
    text: string,
    options: ObjectOptions<S, Deps>,
  ): AsyncGenerator<OutputOf<S>, OutputOf<S>[]> {
    const { schema: element, schemaName } = options;
    const schema = listOf(element);
    return followOutput({
      stream: new OutputStream(outputFormat(schema, schemaName), () => 0, 0),
      options,
      run: (changed) => this.object(text, { ...options, ...changed, schema }) as Promise<OutputOf<S>[]>,
      pieces: (stream) => stream.elements(checkOfSchema(element).check),
    });
  }

  /** The answer with what it took. The thread grows only when the run ends well, so a failed message can be sent again. */
  async run<S extends OutputType>(text: string, options: ObjectOptions<S, Deps>): Promise<ObjectAnswer<OutputOf<S>>>;
  async run(text: string, options?: ChatOptions<Deps>): Promise<AgentAnswer>;
  async run(text: string, options: ChatOptions<Deps> | ObjectOptions<OutputType, Deps> = {}): Promise<AgentAnswer> {
    this.#refuseWhileBusy();
    this.#busy = true;
    try {
      return await this.#run(text, options);
    } finally {
      this.#busy = false;
    }
  }

  async #run(
    text: string,
    options: ChatOptions<Deps> | ObjectOptions<OutputType, Deps>,
    place?: PlaceBelow,
  ): Promise<AgentAnswer> {
    await this.#followUp;
    const userId = options.userId ?? this.#options.userId ?? null;
    const exchange = await this.#thread.begin(userId);
    try {
      const { newId } = this.#options.environment;
      const { id: threadId } = this.#thread;
      const { runId = newId() } = place ?? {};
      const log = new RunLog((event) => options.onEvent?.(event));
      const run = { runId, threadId, signal: options.signal, log };
      return await toldRun(run, newId, () => this.#answer(text, options, exchange, { userId, ...place, runId, log }));
    } finally {
      await exchange.end();
    }
  }

  async #answer(
    text: string,
    options: ChatOptions<Deps> | ObjectOptions<OutputType, Deps>,
    exchange: Exchange,
    place: { userId: string | null; runId: string; log: RunLog } & Partial<PlaceBelow>,
  ): Promise<AgentAnswer> {
    const { model, environment, extractor, prices = place.prices } = this.#options;
    const { userId, runId, log, depth = 0, inherited = false, allowance = new RunAllowance(NOTHING_SPENT) } = place;
    const { signal = new AbortController().signal, onProgress, deps } = options;
    const thread = this.#thread;
    let below: Usage | undefined;
    const run: RunFrame<Deps> = {
      runId,
      thread,
      userId,
      signal,
      deps,
      firstDeps: this.#options.deps,
      depth,
      onEvent: log.tell,
      asked: controlSettings(options),
      onProgress: onProgress && ((progress) => onProgress(progress)),
      people: peopleOf(this.#options, options, place.people),
      spend: (usage, { requests, toolCalls } = { requests: 0, toolCalls: 0 }) => {
        below = below ? addUsage(below, usage) : usage;
        allowance.charge(usage, requests, toolCalls);
      },
      prices,
      earlier: (this.#mindsTrust() && (await exchange.earlier?.())) || [],
      inherited,
      untrusted: this.#options.untrusted,
      trust: new Map(),
    };
    let takenOver = lastHandoff(this, exchange.history) ?? this.#takenOver;
    const first = takenOver?.agent ?? this;
    const hooks = runHooksOf(this.#options, this.name, run);
    await hooks?.beforeRun(text);
    const message: ModelMessage = { role: 'user', content: [{ type: 'text', text: cleanText(text) }] };
    const speaker = await first.speak(run);
    const authors = new Authors({ agent: first.name, model: speaker.model.id });
    log.tell({ type: 'run.started', data: { model: speaker.model.id } });
    const outcome = await runTurns({
      ...speaker,
      view: takenOver && { tool: takenOver.tool.name, history: takenOver.history },
      handovers: handoversOf(first, run, (made) => {
        takenOver = made;
      }),
      history: [...exchange.history, message],
      summary: exchange.summary,
      unsummarized: exchange.unsummarized + 1,
      output: wantedOutput(options),
      allowance,
      prices,
      stopWhen: options.stopWhen ?? this.#options.stopWhen,
      signal,
      log,
      newId: environment.newId,
      onEvent: (event) => {
        authors.hear(event);
        run.onEvent(event);
      },
    });
    const read = { history: [...exchange.history, message, ...outcome.messages], inherited };
    place.onAnswered?.({ untrusted: hasReadUntrusted(read, run.untrusted, run.trust) });
    await exchange.append([outcome.input ?? message, ...authors.sign(outcome.messages)], environment.now());
    const { onTrouble } = environment;
    this.#followUp = followUp({ thread, memory: this.#configuration.memory, model, userId, extractor, onTrouble });
    this.#takenOver = takenOver;
    const { text: answered, stopReason } = outcome;
    const usage = below ? addUsage(outcome.usage, below) : outcome.usage;
    await hooks?.afterRun({ text: answered, stopReason, usage });
    const { name: agent } = takenOver?.agent ?? this;
    return { text: answered, agent, stopReason, usage, ...('output' in outcome && { output: outcome.output }) };
  }

  /** Whether it matters to anybody in its runs who wrote what was read. */
  #mindsTrust(): boolean {
    const { untrusted, tools = [] } = this.#options;
    return untrusted !== undefined || this.handoffs.length > 0 || tools.some(({ runsAgent }) => runsAgent);
  }

  #refuseWhileBusy(): void {
    if (!this.#busy) return;
    throw new TroupeError({
      code: 'thread_busy',
      fault: 'caller',
      retryable: true,
      message: `${this.name} is still answering. Await that answer first, or make another agent for a parallel thread.`,
    });
  }
}
