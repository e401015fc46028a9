import type { Guardrail, GuardrailPlace, JsonObject } from '@troupe/contracts';
import type { Attachment } from './attachment.js';
import type { GuardrailVerdict } from './guardrail-verdict.js';

/** A text that a guardrail looks at. */
export interface GuardedText {
  on: GuardrailPlace;
  /** Of a tool call, its arguments as JSON. */
  text: string;
  /** Of tool_input and tool_output. */
  tool?: GuardedToolCall;
  /** Of output: what the user had said last. */
  answers?: string;
  /** Of input: pictures and files that came with the text. A file that is text comes as a text of its own, too. */
  attachments?: readonly Attachment[];
}

export interface GuardedToolCall {
  id: string;
  name: string;
  arguments: JsonObject;
}

/** What a function of a guardrail is told beside the text. */
export interface GuardrailContext<Deps = unknown> {
  userId: string | null;
  /** As the agent's tools get them. */
  deps: Deps;
  signal: AbortSignal;
}

/** Decides by code of your own; what it throws follows `on_failure`. */
export type GuardrailFunction<Deps = unknown> = (
  input: GuardedText,
  context: GuardrailContext<Deps>,
) => GuardrailVerdict | Promise<GuardrailVerdict>;

/**
 * A guardrail whose check is a function, for agents in one process. On input it comes before the model is called, unless
 * its mode is `parallel`; then it may block and no more, because the model has read the text already.
 */
export interface FunctionGuardrail<Deps = unknown> extends Omit<Guardrail, 'check' | 'action'> {
  check: GuardrailFunction<Deps>;
}

/** A check of what goes in or out: as data, which a server can store too, or a function of your own. */
export type AgentGuardrail<Deps = unknown> = Guardrail | FunctionGuardrail<Deps>;

/** Those that look at this text. */
export function guardrailsFor<G extends AgentGuardrail>(
  guardrails: readonly G[],
  { on, tool }: Pick<GuardedText, 'on'> & { tool?: Pick<GuardedToolCall, 'name'> },
): G[] {
  return guardrails.filter(
    (guardrail) => guardrail.on.includes(on) && (tool === undefined || guardrail.tools?.includes(tool.name) !== false),
  );
}

export function isFunction(guardrail: AgentGuardrail): guardrail is FunctionGuardrail {
  return typeof guardrail.check === 'function';
}

/** Whether it asks a model, or a function that may: everything else takes no time. */
export function isJudge(guardrail: AgentGuardrail): guardrail is JudgeGuardrail {
  return !isFunction(guardrail) && guardrail.check.type === 'judge';
}

export type JudgeGuardrail = Guardrail & { check: Extract<Guardrail['check'], { type: 'judge' }> };

/** Whether it may work while the model does. One that changes the text cannot: the model would have read it. */
export function isParallel(guardrail: AgentGuardrail): boolean {
  if (isFunction(guardrail)) return guardrail.mode === 'parallel';
  return isJudge(guardrail) && guardrail.mode !== 'blocking' && guardrail.action !== 'rewrite';
}
