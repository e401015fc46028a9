import type { EffectClass, JsonObject, JsonSchema, JsonValue, RunEventBody, RunLimits, Usage } from '@troupe/contracts';
import type { People } from './ask-person.js';
import type { PriceBook } from './price-book.js';
import type { ThreadSearch } from './thread-search.js';
import type { TodoStore } from './todo-store.js';

/** What the process that runs tools lends them. */
export interface ToolServices {
  todos: TodoStore;
  threadSearch: ThreadSearch;
  now(): Date;
}

/** What a tool is told of the call that it answers. */
export interface ToolContext {
  /** Whose data it is; `local` in a program of its own. */
  tenantId: string;
  /** The end user of the run; null when the caller named none. */
  userId: string | null;
  /** The conversation. */
  threadId: string;
  /** The message that is being answered. */
  runId: string;
  /** The same for every attempt of this call: hand it to services that deduplicate. */
  idempotencyKey: string;
  /** Aborts when the run is cancelled or the tool's time is over: hand it to whatever you wait for. */
  signal: AbortSignal;
  /** To-do lists, a search in the thread, the time. */
  services: ToolServices;
}

/** What a tool is told in the process of an agent: also what that process has for its tools, and whom to tell of progress. */
export interface RunContext<Deps = unknown> extends ToolContext {
  /** What the agent, or this message to it, was given for its tools; undefined on a server. */
  deps: Deps;
  /** Tells who watches the run how far the tool is. The model does not see it. */
  progress(update: JsonValue): void;
  /** For tools that run agents; undefined on a server, where such a call is a run of its own. */
  nesting?: RunNesting;
}

/** What a run below another shares with it. */
export interface RunNesting {
  /** The call that the run below answers. */
  toolCallId: string;
  /** How many runs are above the one that calls. */
  depth: number;
  /** Tells who follows the run that calls. */
  onEvent(event: RunEventBody): void;
  /**
   * Counts as used by the run that calls.
   * @param made requests to models and calls of tools, where they are known
   */
  spend(usage: Usage, made?: { requests: number; toolCalls: number }): void;
  people: People;
  /** What the run below may take of what the one that calls has left; absent: nothing limits that. */
  limits?: RunLimits | undefined;
  /** Of the run that calls, for limits in money where the run below has no prices of its own. */
  prices?: PriceBook | undefined;
  /** The run that calls has read words of strangers, so what it says may be theirs. */
  untrusted?: boolean | undefined;
  /** Takes what is known of the answer: whether words of strangers were read for it. Never told: they may have been. */
  answered?: ((answer: { untrusted: boolean }) => void) | undefined;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, an object at its top. */
  readonly parameters: JsonSchema;
  /** `read` may repeat, `idempotent` may be sent again with the same key, `effect` is sent at most once. */
  readonly effect: EffectClass;
  readonly timeoutMs: number;
  /**
   * Its results hold nothing that a stranger may have written (a sum, the time). Absent: they may, and agents with an
   * `untrusted` policy treat them so.
   */
  readonly trusted?: boolean;

  /** Its calls are not run: a person is asked, and what that answers is the result. */
  readonly asksUser?: true;

  /** Its calls are runs below the one that calls, and share what that has left of its limits. */
  readonly runsAgent?: true;

  /**
   * Whether a person must allow the call before it is made; absent: never. The arguments fit the schema. What throws
   * counts as yes. On a server it is asked where the call was decided on, before anything is sent.
   */
  needsApproval?(args: JsonObject, context: ToolContext): Promise<boolean>;

  /** What the model reads: a string as it is, anything else as JSON. A thrown error is told to the model as one. */
  execute(args: JsonObject, context: ToolContext): Promise<JsonValue>;
}

/** A tool that runs only where these dependencies are: an agent without them does not take it. */
export interface ToolFor<Deps> extends Omit<Tool, 'execute'> {
  readonly execute: (args: JsonObject, context: RunContext<Deps>) => Promise<JsonValue>;
}
