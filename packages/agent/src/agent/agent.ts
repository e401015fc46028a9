import {
  type AgentConfiguration,
  type AgentDefinition,
  cleanText,
  type JsonValue,
  type MemoryStrategy,
  type ModelSettings,
  type RunEventBody,
  type StopReason,
  type ToolResultPart,
  TroupeError,
  type Usage,
} from '@troupe/contracts';
import type { ChatModel, ModelMessage, RunContext, Tool, ToolFor } from '@troupe/spec';
import { compileSystemPrompt, type PromptFact } from '../definition/compile-system-prompt.js';
import { DEFAULT_MAX_TURNS, DEFAULT_MEMORY } from '../definition/defaults.js';
import { runTurns } from '../run/run-turns.js';
import { checkOfSchema } from '../structured-output/check-of-schema.js';
import { followOutput } from '../structured-output/follow-output.js';
import { listOf } from '../structured-output/list-of.js';
import { outputFormat } from '../structured-output/output-format.js';
import { OutputStream } from '../structured-output/output-stream.js';
import type { InputOf, OutputOf, OutputType, PartialOf } from '../structured-output/output-type.js';
import { DEFAULT_OUTPUT_RETRIES } from '../structured-output/review-output.js';
import { executeTool, toolTimeoutError } from '../tools/execute-tool.js';
import type { AcceptedCall } from '../turn/decide-next.js';
import type { AgentEnvironment } from './agent-environment.js';
import { type Approve, askApproval } from './approval.js';
import { Channel } from './channel.js';
import { InMemoryThread } from './in-memory-thread.js';
import { summarizeThread } from './summarize-thread.js';

export interface AgentOptions<Deps = unknown> {
  name?: string;
  /** What the agent is, in the second person; short for a definition with nothing else. */
  role?: string;
  definition?: AgentDefinition;
  model: ChatModel;
  modelSettings?: ModelSettings;
  tools?: readonly ToolFor<Deps>[];
  /** What its tools work with: connections, clients, who is asking. A message may bring its own. */
  deps?: Deps;
  /** Asked before a call of a tool that needs approval; without it such calls are refused. */
  approve?: Approve;
  memory?: MemoryStrategy;
  /** Model turns that one message may take; 10 unless told. */
  maxTurns?: number;
  /** Whom the agent talks to; tools that keep things for a user need it. */
  userId?: string;
  /** What is known about that user. */
  facts?: readonly PromptFact[];
  environment: AgentEnvironment;
}

export interface ChatOptions<Deps = unknown> {
  /** In place of the agent's own, for this message. */
  deps?: Deps;
  /** Whom this message is from, where it is not the agent's own user. */
  userId?: string;
  /** Aborting it ends the run with the signal's reason; the thread stays as it was. */
  signal?: AbortSignal;
  /** Told of everything that happens, as it happens. */
  onEvent?(event: RunEventBody): void;
  /** Told how far a tool is, by tools that say so. */
  onProgress?(progress: ToolProgress): void;
}

export interface ToolProgress {
  tool_call_id: string;
  name: string;
  update: JsonValue;
}

export interface ObjectOptions<S extends OutputType, Deps = unknown> extends ChatOptions<Deps> {
  /** What the answer must be: a zod schema or JSON Schema. */
  schema: S;
  /** How models are told of it: letters, digits, `_` and `-`; `answer` unless told. */
  schemaName?: string;
  /** Further answers that the model may give when one is not valid; 2 unless told. They do not count as turns. */
  outputRetries?: number;
}

export interface ObjectAnswer<T> extends AgentAnswer {
  /** The validated answer, as the schema gives it. */
  output: T;
}

export interface AgentAnswer {
  text: string;
  stopReason: StopReason;
  usage: Usage;
}

/** An agent in one process: no server, no database. It talks on one thread at a time and runs one message at a time. */
export class Agent<Deps = unknown> {
  readonly name: string;
  readonly #options: AgentOptions<Deps>;
  readonly #configuration: Pick<AgentConfiguration, 'definition' | 'model_settings' | 'memory' | 'max_turns'>;
  readonly #tools: ReadonlyMap<string, Tool>;
  #thread: InMemoryThread;
  #busy = false;
  /** The summary that is being written, if one is: the next message waits for it. Never rejects. */
  #summary: Promise<void> | undefined;

  constructor(options: AgentOptions<Deps>) {
    this.name = options.name ?? 'Assistant';
    this.#options = options;
    this.#tools = new Map(options.tools?.map((tool) => [tool.name, tool satisfies Tool]));
    this.#configuration = {
      definition: definitionOf(options),
      model_settings: options.modelSettings,
      memory: options.memory ?? DEFAULT_MEMORY,
      max_turns: options.maxTurns ?? DEFAULT_MAX_TURNS,
    };
    this.#thread = new InMemoryThread(() => options.environment.newId());
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

  /** Forgets the conversation and begins another. */
  newThread(): void {
    this.#refuseWhileBusy();
    this.#thread = new InMemoryThread(() => this.#options.environment.newId());
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
    const channel = new Channel<string>();
    const left = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
    const onEvent = (event: RunEventBody) => {
      options.onEvent?.(event);
      if (event.type === 'text.delta') channel.push(event.data.delta);
    };
    const running = this.run(text, { ...options, signal, onEvent }).then(
      () => channel.end(),
      (error: unknown) => channel.fail(error),
    );
    try {
      yield* channel;
    } finally {
      left.abort();
      await running;
    }
  }

  /**
   * The answer as a value that is valid by the schema, whatever the provider did about it. Tools are called before it.
   * @throws TroupeError `output_invalid` when the model gives no valid answer, with the last one and its errors in `details`
   */
  async object<S extends OutputType>(text: string, options: ObjectOptions<S, Deps>): Promise<OutputOf<S>> {
    return (await this.run(text, options)).output;
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

  async #run(text: string, options: ChatOptions<Deps> | ObjectOptions<OutputType, Deps>): Promise<AgentAnswer> {
    const { model, environment, facts } = this.#options;
    const { signal = new AbortController().signal, onEvent } = options;
    await this.#summary;
    const thread = this.#thread;
    const { id: threadId } = thread;
    const runId = environment.newId();
    const message: ModelMessage = { role: 'user', content: [{ type: 'text', text: cleanText(text) }] };
    const outcome = await runTurns({
      model,
      configuration: this.#configuration,
      tools: this.#tools,
      history: [...thread.messages, message],
      facts,
      summary: thread.summary,
      unsummarized: thread.unsummarized + 1,
      ...('schema' in options && { output: wantedOutput(options) }),
      signal,
      onEvent: (event) => onEvent?.(event),
      runTool: (call) => this.#runTool(call, { runId, threadId, signal, options }),
    });
    thread.append([message, ...outcome.messages], environment.now());
    this.#summary = summarizeThread(thread, this.#configuration.memory, model);
    const { text: answered, stopReason, usage } = outcome;
    return { text: answered, stopReason, usage, ...('output' in outcome && { output: outcome.output }) };
  }

  async #runTool(
    { part, tool }: AcceptedCall,
    { runId, threadId, signal, options }: RunOfTools<Deps>,
  ): Promise<ToolResultPart> {
    const { environment, userId, deps, approve } = this.#options;
    const { onProgress } = options;
    const context: RunContext<Deps | undefined> = {
      tenantId: 'local',
      userId: options.userId ?? userId ?? null,
      threadId,
      runId,
      idempotencyKey: `${runId}/${part.id}`,
      signal,
      services: { todos: environment.todos, threadSearch: this.#thread, now: environment.now },
      deps: options.deps ?? deps,
      progress: (update) => onProgress?.({ tool_call_id: part.id, name: part.name, update }),
    };
    const refusal = await askApproval(tool, part, context, approve);
    if (refusal) return refusal;
    const timeout = environment.startTimeout(tool.timeoutMs, () => toolTimeoutError(tool));
    try {
      return await executeTool(tool, part, { ...context, signal: AbortSignal.any([signal, timeout.signal]) });
    } finally {
      timeout.clear();
    }
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

/** What all calls of a run share. */
interface RunOfTools<Deps> {
  runId: string;
  threadId: string;
  signal: AbortSignal;
  options: ChatOptions<Deps>;
}

function wantedOutput({ schema, schemaName, outputRetries = DEFAULT_OUTPUT_RETRIES }: ObjectOptions<OutputType>) {
  return { format: outputFormat(schema, schemaName), retries: outputRetries };
}

function definitionOf({ role, definition }: Pick<AgentOptions, 'role' | 'definition'>): AgentDefinition {
  if (definition) return definition;
  if (role !== undefined) return { role };
  throw new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: 'An agent needs a role or a definition. Pass role: "You help …".',
  });
}
