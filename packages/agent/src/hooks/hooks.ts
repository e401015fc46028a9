import type { JsonObject, StopReason, ToolCallPart, ToolResultPart, Usage } from '@troupe/contracts';
import type { ModelRequest, ModelResponse, Tool } from '@troupe/spec';
import type { HookVerdict } from '../permissions/decide-permission.js';

/** What a hook is told of its run. */
export interface HookContext {
  runId: string;
  threadId: string;
  userId: string | null;
  /** Name of the agent that speaks. */
  agent: string;
  /** Aborts when the run ends. */
  signal: AbortSignal;
}

/** Stops what the hook stands before; the run ends with `hook_denied` and these words. */
export interface Deny {
  deny: string;
}

/** What a hook says of a call before it is made. Arguments replace those of the model, and must fit the tool's schema. */
export interface ToolCallVerdict extends Partial<HookVerdict> {
  arguments?: JsonObject;
}

/** The model is sent these words instead of ending here; it counts as another turn. */
export interface GoOn {
  goOn: string;
}

type Answer<T> = T | undefined | Promise<T | undefined>;

/**
 * Code of yours that stands at the joints of a run. Of several, each sees what those before it left; whatever one of them
 * denies is denied.
 */
export interface Hooks {
  beforeRun?(context: HookContext, run: { input: string }): Answer<Deny>;
  afterRun?(context: HookContext, run: { text: string; stopReason: StopReason; usage: Usage }): unknown;
  beforeTurn?(context: HookContext, turn: { turn: number }): Answer<Deny>;
  afterTurn?(context: HookContext, turn: { turn: number }): unknown;
  beforeModelCall?(context: HookContext, call: { turn: number; request: ModelRequest }): Answer<ModelRequest | Deny>;
  /** What it returns replaces the response. What the model wrote has been streamed by then: to hold it, use a guardrail. */
  afterModelCall?(context: HookContext, call: { turn: number; response: ModelResponse }): Answer<ModelResponse>;
  /** Comes before every other permission: `deny` always holds, `allow` spares the question but nothing that is denied. */
  beforeToolCall?(context: HookContext, call: { call: ToolCallPart; tool: Tool }): Answer<ToolCallVerdict>;
  /** What it returns is what the model reads. */
  afterToolCall?(context: HookContext, call: { call: ToolCallPart; result: ToolResultPart }): Answer<string>;
  onHandoff?(context: HookContext, handoff: { to: string; input: JsonObject }): unknown;
  /** The model has given its answer. */
  onStop?(context: HookContext, stop: { turn: number; text: string; stopReason: StopReason }): Answer<GoOn>;
  /**
   * When one of these fails. `closed`, unless told: what it stands before is denied, what it stands after is not shown, and
   * a run whose other hooks fail ends with the error. `open`: as if it had said nothing.
   */
  onError?: 'closed' | 'open';
}
