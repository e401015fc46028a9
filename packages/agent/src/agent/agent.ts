import {
  type AgentConfiguration,
  type AgentDefinition,
  cleanText,
  type MemoryStrategy,
  type ModelSettings,
  type RunEventBody,
  type StopReason,
  type ToolResultPart,
  TroupeError,
  type Usage,
} from '@troupe/contracts';
import type { ChatModel, ModelMessage, Tool } from '@troupe/spec';
import { compileSystemPrompt, type PromptFact } from '../definition/compile-system-prompt.js';
import { DEFAULT_MAX_TURNS, DEFAULT_MEMORY } from '../definition/defaults.js';
import { runTurns } from '../run/run-turns.js';
import { executeTool, toolTimeoutError } from '../tools/execute-tool.js';
import type { AcceptedCall } from '../turn/decide-next.js';
import type { AgentEnvironment } from './agent-environment.js';
import { InMemoryThread } from './in-memory-thread.js';
import { TextChannel } from './text-channel.js';

export interface AgentOptions {
  name?: string;
  /** What the agent is, in the second person; short for a definition with nothing else. */
  role?: string;
  definition?: AgentDefinition;
  model: ChatModel;
  modelSettings?: ModelSettings;
  tools?: readonly Tool[];
  memory?: MemoryStrategy;
  /** Model turns that one message may take; 10 unless told. */
  maxTurns?: number;
  /** Whom the agent talks to; tools that keep things for a user need it. */
  userId?: string;
  /** What is known about that user. */
  facts?: readonly PromptFact[];
  environment: AgentEnvironment;
}

export interface ChatOptions {
  /** Aborting it ends the run with the signal's reason; the thread stays as it was. */
  signal?: AbortSignal;
  /** Told of everything that happens, as it happens. */
  onEvent?(event: RunEventBody): void;
}

export interface AgentAnswer {
  text: string;
  stopReason: StopReason;
  usage: Usage;
}

/** An agent in one process: no server, no database. It talks on one thread at a time and runs one message at a time. */
export class Agent {
  readonly name: string;
  readonly #options: AgentOptions;
  readonly #configuration: Pick<AgentConfiguration, 'definition' | 'model_settings' | 'memory' | 'max_turns'>;
  readonly #tools: ReadonlyMap<string, Tool>;
  #thread: InMemoryThread;
  #busy = false;

  constructor(options: AgentOptions) {
    this.name = options.name ?? 'Assistant';
    this.#options = options;
    this.#tools = new Map(options.tools?.map((tool) => [tool.name, tool]));
    this.#configuration = {
      definition: definitionOf(options),
      model_settings: options.modelSettings,
      memory: options.memory ?? DEFAULT_MEMORY,
      max_turns: options.maxTurns ?? DEFAULT_MAX_TURNS,
    };
    this.#thread = new InMemoryThread(options.environment.newId());
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
    this.#thread = new InMemoryThread(this.#options.environment.newId());
  }

  /** The agent's answer as text. */
  async chat(text: string, options: ChatOptions = {}): Promise<string> {
    return (await this.run(text, options)).text;
  }

  /**
   * The answer in pieces as the model writes it, including what it says before it calls tools. Leaving the loop early
   * ends the run.
   */
  async *stream(text: string, options: ChatOptions = {}): AsyncGenerator<string> {
    const channel = new TextChannel();
    const left = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
    const onEvent = (event: RunEventBody) => {
      options.onEvent?.(event);
      if (event.type === 'text.delta') channel.push(event.data.delta);
    };
    const running = this.run(text, { signal, onEvent }).then(
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

  /** The answer with what it took. The thread grows only when the run ends well, so a failed message can be sent again. */
  async run(text: string, options: ChatOptions = {}): Promise<AgentAnswer> {
    this.#refuseWhileBusy();
    this.#busy = true;
    try {
      return await this.#run(text, options);
    } finally {
      this.#busy = false;
    }
  }

  async #run(text: string, { signal = new AbortController().signal, onEvent }: ChatOptions): Promise<AgentAnswer> {
    const { model, environment, facts } = this.#options;
    const runId = environment.newId();
    const message: ModelMessage = { role: 'user', content: [{ type: 'text', text: cleanText(text) }] };
    const outcome = await runTurns({
      model,
      configuration: this.#configuration,
      tools: this.#tools,
      history: [...this.#thread.messages, message],
      facts,
      signal,
      onEvent: (event) => onEvent?.(event),
      runTool: (call) => this.#runTool(call, runId, signal),
    });
    this.#thread.append([message, ...outcome.messages], environment.now());
    return { text: outcome.text, stopReason: outcome.stopReason, usage: outcome.usage };
  }

  async #runTool({ part, tool }: AcceptedCall, runId: string, signal: AbortSignal): Promise<ToolResultPart> {
    const { environment, userId } = this.#options;
    const timeout = environment.startTimeout(tool.timeoutMs, () => toolTimeoutError(tool));
    try {
      return await executeTool(tool, part, {
        tenantId: 'local',
        userId: userId ?? null,
        threadId: this.#thread.id,
        runId,
        idempotencyKey: `${runId}/${part.id}`,
        signal: AbortSignal.any([signal, timeout.signal]),
        services: { todos: environment.todos, threadSearch: this.#thread, now: environment.now },
      });
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

function definitionOf({ role, definition }: AgentOptions): AgentDefinition {
  if (definition) return definition;
  if (role !== undefined) return { role };
  throw new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: 'An agent needs a role or a definition. Pass role: "You help …".',
  });
}
