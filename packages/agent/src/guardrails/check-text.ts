import {
  cleanJson,
  cleanText,
  type Guardrail,
  type GuardrailTripped,
  type JsonObject,
  TroupeError,
} from '@troupe/contracts';
import {
  type AgentGuardrail,
  type GuardedText,
  type GuardrailContext,
  isFunction,
  isJudge,
  isParallel,
} from './agent-guardrail.js';
import type { Attachment } from './attachment.js';
import type { GuardrailVerdict } from './guardrail-verdict.js';
import { askJudge, failureOf, type JudgeModel } from './judge.js';
import { runRule, runRuleOnArguments, runRuleOnAttachments } from './run-rule.js';

const TOO_LATE = 'it wanted to change what the model had read';

export interface GuardrailPorts {
  /** Absent: judges fail, and their `on_failure` decides. */
  judge?: JudgeModel;
  /** What functions are told. */
  context: Omit<GuardrailContext, 'signal'>;
}

/** The guardrail that let nothing through. */
export interface Blocked {
  guardrail: string;
  reason: string;
  /** What it says in the text's place; undefined: the default of the place. */
  message: string | undefined;
}

export interface CheckedText {
  /** As it may go on. */
  text: string;
  /** Of tool_input: the same as arguments. */
  arguments?: JsonObject;
  /** Of input: the pictures and files that may go on with it. */
  attachments: readonly Attachment[];
  changed: boolean;
  tripped: GuardrailTripped[];
  blocked?: Blocked;
  /** What the model is told so that it answers again; never together with `blocked`. */
  retry?: { guardrail: string; feedback: string; message: string | undefined };
}

/**
 * What the guardrails make of a text: rules and functions in their order, each on what those before it left; then the
 * judges, who see what is left of it. All that were asked are told of, and what blocks wins.
 * @param guardrails those of the text's place and tool
 * @throws the signal's reason, and `budget_exceeded`: what ends the run ends its checks
 */
export async function checkText(
  guardrails: readonly AgentGuardrail[],
  input: GuardedText,
  ports: GuardrailPorts,
  signal: AbortSignal,
): Promise<CheckedText> {
  const { attachments = [] } = input;
  const checked: CheckedText = { text: input.text, attachments, changed: false, tripped: [] };
  if (input.on === 'tool_input') checked.arguments = input.tool?.arguments;
  const verdictOf = (guardrail: AgentGuardrail) => decide(guardrail, asLeft(input, checked), ports, signal);
  for (const guardrail of guardrails.filter((one) => !isJudge(one))) {
    apply(checked, input, guardrail, await verdictOf(guardrail));
    if (checked.blocked) return checked;
  }
  const judges = guardrails.filter(isJudge).filter(({ check }) => canJudge(checked, check.attachments));
  const alone = judges.filter(({ action }) => action === 'rewrite');
  const together = judges.filter((judge) => !alone.includes(judge));
  const decided = await Promise.all(together.map(async (judge) => ({ judge, decision: await verdictOf(judge) })));
  for (const { judge, decision } of decided) apply(checked, input, judge, decision);
  for (const judge of alone) {
    if (checked.blocked || checked.retry) break;
    apply(checked, input, judge, await verdictOf(judge));
  }
  if (checked.blocked) delete checked.retry;
  return checked;
}

/** The text as the guardrails before have left it. */
function asLeft(input: GuardedText, { text, arguments: args, attachments }: CheckedText): GuardedText {
  return {
    ...input,
    text,
    ...(input.attachments && { attachments }),
    ...(input.tool && args && { tool: { ...input.tool, arguments: args } }),
  };
}

/** A message that is nothing but a picture has nothing for a judge who is not shown it. */
function canJudge({ text, attachments }: CheckedText, isShownThem = false): boolean {
  return text !== '' || attachments.length === 0 || isShownThem;
}

interface Decision {
  verdict: GuardrailVerdict;
  /** The check failed, and its policy is the verdict. */
  failure?: string;
}

async function decide(
  guardrail: AgentGuardrail,
  input: GuardedText,
  { judge, context }: GuardrailPorts,
  signal: AbortSignal,
): Promise<Decision> {
  try {
    signal.throwIfAborted();
    const verdict = await verdictOf(guardrail, input, { judge, context }, signal);
    return { verdict: fitting(guardrail, input, verdict) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof TroupeError && error.code === 'budget_exceeded') throw error;
    const failure = `the guardrail failed: ${failureOf(error)}`;
    const verdict: GuardrailVerdict = { action: guardrail.on_failure ?? 'block', reason: failure };
    return { verdict, failure };
  }
}

async function verdictOf(
  guardrail: AgentGuardrail,
  input: GuardedText,
  { judge, context }: GuardrailPorts,
  signal: AbortSignal,
): Promise<GuardrailVerdict> {
  if (isFunction(guardrail)) return guardrail.check(input, { ...context, signal });
  if (!isJudge(guardrail)) return ruleVerdict(guardrail, input);
  if (judge) return askJudge(guardrail, input, judge, signal);
  throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: 'There is no model that judges.' });
}

/**
 * The verdict as its place can take it: other arguments for a call, another answer of nobody but the model, and no change of
 * what the model has read by then.
 */
function fitting(guardrail: AgentGuardrail, { on }: GuardedText, verdict: GuardrailVerdict): GuardrailVerdict {
  switch (verdict.action) {
    case 'redact':
    case 'rewrite':
      if (on === 'input' && isParallel(guardrail)) return { action: 'block', reason: verdict.reason ?? TOO_LATE };
      if (on !== 'tool_input' || 'attachments' in verdict) return verdict;
      return { action: 'rewrite', arguments: argumentsOf(verdict), ...(verdict.reason && { reason: verdict.reason }) };
    case 'retry':
      return on === 'output' ? verdict : { action: 'block', ...(verdict.reason && { reason: verdict.reason }) };
    default:
      return verdict;
  }
}

function ruleVerdict(guardrail: Guardrail, { on, text, tool, attachments }: GuardedText): GuardrailVerdict {
  if (guardrail.check.type === 'attachments') return runRuleOnAttachments(guardrail, guardrail.check, attachments);
  return on === 'tool_input' && tool ? runRuleOnArguments(guardrail, tool.arguments) : runRule(guardrail, text, on);
}

/** @throws where the text of a call's arguments is not those of a call */
function argumentsOf(verdict: { text: string } | { arguments: JsonObject }): JsonObject {
  if ('arguments' in verdict) return cleanJson(verdict.arguments);
  const value: unknown = JSON.parse(verdict.text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('no JSON object');
  return cleanJson(value as JsonObject);
}

function apply(
  checked: CheckedText,
  { on, tool }: GuardedText,
  guardrail: AgentGuardrail,
  { verdict, failure }: Decision,
): void {
  if (verdict.action === 'allow' && failure === undefined) return;
  const reason = cleanText(failure ?? ('reason' in verdict ? verdict.reason : undefined) ?? 'no reason given');
  checked.tripped.push({
    guardrail: guardrail.name,
    on,
    action: verdict.action,
    reason,
    ...(failure !== undefined && { failed: true }),
    ...(tool && { tool: tool.name, tool_call_id: tool.id }),
  });
  switch (verdict.action) {
    case 'allow':
      return;
    case 'redact':
    case 'rewrite':
      change(checked, verdict);
      return;
    case 'retry':
      checked.retry ??= {
        guardrail: guardrail.name,
        feedback: cleanText(verdict.feedback),
        message: guardrail.message,
      };
      return;
    case 'block':
      checked.blocked ??= {
        guardrail: guardrail.name,
        reason,
        message: verdict.message ?? guardrail.message,
      };
  }
}

function change(checked: CheckedText, verdict: Extract<GuardrailVerdict, { action: 'redact' | 'rewrite' }>): void {
  checked.changed = true;
  if ('attachments' in verdict) {
    checked.attachments = verdict.attachments;
    return;
  }
  if ('arguments' in verdict) checked.arguments = verdict.arguments;
  checked.text = 'arguments' in verdict ? JSON.stringify(verdict.arguments) : cleanText(verdict.text);
}
