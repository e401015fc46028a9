import type { EffectClass, JsonObject, JsonSchema, JsonValue } from '@troupe/contracts';
import type { ThreadSearch } from './thread-search.js';
import type { TodoStore } from './todo-store.js';

/** What the process that runs tools lends them. */
export interface ToolServices {
  todos: TodoStore;
  threadSearch: ThreadSearch;
  now(): Date;
}

export interface ToolContext {
  tenantId: string;
  /** The end user of the run; null when the caller named none. */
  userId: string | null;
  threadId: string;
  runId: string;
  /** The same for every attempt of this call: hand it to services that deduplicate. */
  idempotencyKey: string;
  signal: AbortSignal;
  services: ToolServices;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, an object at its top. */
  readonly parameters: JsonSchema;
  /** `read` may repeat, `idempotent` may be sent again with the same key, `effect` is sent at most once. */
  readonly effect: EffectClass;
  readonly timeoutMs: number;

  /** What the model reads: a string as it is, anything else as JSON. A thrown error is told to the model as one. */
  execute(args: JsonObject, context: ToolContext): Promise<JsonValue>;
}
