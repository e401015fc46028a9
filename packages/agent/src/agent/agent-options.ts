import type {
  AgentDefinition,
  MemoryStrategy,
  ModelSettings,
  PermissionMode,
  RunEventBody,
  StopReason,
  Usage,
} from '@troupe/contracts';
import type { ChatModel, PriceBook, ToolFor } from '@troupe/spec';
import type { PromptFact } from '../definition/compile-system-prompt.js';
import type { Handoffs } from '../handoff/agent-handovers.js';
import type { OutputType } from '../structured-output/output-type.js';
import type { AgentEnvironment } from './agent-environment.js';
import type { GuardrailOptions } from './agent-guards.js';
import type { PermissionOptions } from './agent-permissions.js';
import type { PersistenceOptions } from './agent-stores.js';
import type { RunControls } from './run-controls.js';
import type { ToolProgress } from './run-frame.js';

/** What an agent is made of, whoever brings its model and its clock. */
export interface AgentOptions<Deps = unknown>
  extends PersistenceOptions,
    GuardrailOptions<Deps>,
    PermissionOptions,
    RunControls {
  /** How it is called in events, in handoffs and by other agents; `Assistant` unless told. */
  name?: string;
  /** What it is for, in a sentence: what other agents go by that hand over to it or call it. */
  description?: string;
  /** What the agent is, in the second person; short for a definition with nothing else. */
  role?: string;
  /** What the agent is in parts: role, goal, constraints, personality, examples. */
  definition?: AgentDefinition;
  model: ChatModel;
  /** Temperature, output tokens, reasoning and the like; absent: as the provider does it. */
  modelSettings?: ModelSettings;
  /** What it can do. */
  tools?: readonly ToolFor<Deps>[];
  /** Whom it may hand the conversation over to. */
  handoffs?: Handoffs<Deps>;
  /** What its tools work with: connections, clients, who is asking. A message may bring its own. */
  deps?: Deps;
  /** How much of the thread the model is shown (`getMemoryStrategy`); the last 20 messages unless told. */
  memory?: MemoryStrategy;
  /** Model turns that one message may take; 10 unless told. */
  maxTurns?: number;
  /** What calls cost, for `limits.max_cost_usd` and the usage; absent: what their provider says. */
  prices?: PriceBook;
  /** Whom the agent talks to; tools that keep things for a user need it. */
  userId?: string;
  /** What is known about that user. */
  facts?: readonly PromptFact[];
  environment: AgentEnvironment;
}

/** What holds for one message and its answer. */
export interface ChatOptions<Deps = unknown> extends RunControls {
  /** In place of the agent's own, for this message. */
  deps?: Deps;
  /** Whom this message is from, where it is not the agent's own user. */
  userId?: string;
  /** In place of the agent's own, for this message. */
  permissionMode?: PermissionMode;
  /** Aborting it ends the run with the signal's reason; the thread stays as it was. */
  signal?: AbortSignal;
  /** Told of everything that happens, as it happens. */
  onEvent?(event: RunEventBody): void;
  /** Told how far a tool is, by tools that say so. */
  onProgress?(progress: ToolProgress): void;
}

/** What holds for one message whose answer is a value. */
export interface ObjectOptions<S extends OutputType, Deps = unknown> extends ChatOptions<Deps> {
  /** What the answer must be: a zod schema or JSON Schema. */
  schema: S;
  /** How models are told of it: letters, digits, `_` and `-`; `answer` unless told. */
  schemaName?: string;
  /** Further answers that the model may give when one is not valid; 2 unless told. They do not count as turns. */
  outputRetries?: number;
}

/** An answer that is a value, with what it took. */
export interface ObjectAnswer<T> extends AgentAnswer {
  /** The validated answer, as the schema gives it. */
  output: T;
}

/** An answer with what it took. */
export interface AgentAnswer {
  /** What the agent said last. */
  text: string;
  /** Name of the agent that answered: another than was asked after a handoff. */
  agent: string;
  /** Why it ended: `end_turn` is a whole answer; `max_turns`, `max_tokens`, `usage_limit`, `guardrail` and others are not. */
  stopReason: StopReason;
  /** Of all its model calls, those of agents that it called among them. Tokens, and US dollars. */
  usage: Usage;
}
