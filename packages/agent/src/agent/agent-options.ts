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

export interface AgentOptions<Deps = unknown>
  extends PersistenceOptions,
    GuardrailOptions<Deps>,
    PermissionOptions,
    RunControls {
  name?: string;
  /** What it is for, in a sentence: what other agents go by that hand over to it or call it. */
  description?: string;
  /** What the agent is, in the second person; short for a definition with nothing else. */
  role?: string;
  definition?: AgentDefinition;
  model: ChatModel;
  modelSettings?: ModelSettings;
  tools?: readonly ToolFor<Deps>[];
  /** Whom it may hand the conversation over to. */
  handoffs?: Handoffs<Deps>;
  /** What its tools work with: connections, clients, who is asking. A message may bring its own. */
  deps?: Deps;
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
  /** Name of the agent that answered: another than was asked after a handoff. */
  agent: string;
  stopReason: StopReason;
  usage: Usage;
}
