import {
  type ApprovalDecision,
  type ApprovalKind,
  cleanJson,
  type GuardrailTripped,
  type JsonObject,
  type JsonSchema,
  type JsonValue,
} from '@troupe/contracts';
import type { ModelTool } from '@troupe/spec';
import { type DecisionProblem, decisionProblems } from '../permissions/decision-problems.js';
import { type AgentGuardrail, guardrailsFor } from './agent-guardrail.js';
import { type CheckedText, checkText, type GuardrailPorts } from './check-text.js';
import { refusedAnswer, refusedCall } from './guardrail-messages.js';

/** The call that a person decides on. */
export interface DecidedCall {
  kind: ApprovalKind;
  response_schema: JsonSchema | null;
  call: { id: string; name: string; arguments: JsonObject };
  /** Where it is known here: changed arguments must fit its schema. */
  tool: ModelTool | undefined;
}

/** A decision as it may be taken, or what is wrong with it. */
export interface GuardedDecision {
  decision: ApprovalDecision;
  tripped: GuardrailTripped[];
  /** Empty: it may be taken. */
  problems: DecisionProblem[];
}

/**
 * What a person's words in a decision are under the guardrails of the agent: arguments that were changed are arguments of a
 * call, whoever wrote them; an answer to a question, and a message for the model, are input. An answer is a tool's result as
 * well, so each guardrail that stands at either place looks at it once.
 * @throws the signal's reason, and `budget_exceeded` of a judge
 */
export async function guardDecision(
  { kind, response_schema, call, tool }: DecidedCall,
  given: ApprovalDecision,
  guardrails: readonly AgentGuardrail[],
  ports: GuardrailPorts,
  signal: AbortSignal,
): Promise<GuardedDecision> {
  const asked = { kind, response_schema };
  const problems = await decisionProblems(asked, given, tool);
  if (problems.length > 0 || guardrails.length === 0) return { decision: given, tripped: [], problems };
  const words = new WordsOfPerson(guardrails, ports, signal);
  const decision = { ...given };
  if (given.arguments) decision.arguments = await words.arguments({ ...call, arguments: given.arguments });
  if (given.answer !== undefined) decision.answer = await words.answer(given.answer, call);
  if (given.message) decision.message = await words.message(given.message);
  if (words.problems.length === 0 && words.changed) {
    words.problems.push(...(await decisionProblems(asked, decision, tool)));
  }
  return { decision, tripped: words.tripped, problems: words.problems };
}

class WordsOfPerson {
  readonly tripped: GuardrailTripped[] = [];
  readonly problems: DecisionProblem[] = [];
  changed = false;
  readonly #guardrails: readonly AgentGuardrail[];
  readonly #ports: GuardrailPorts;
  readonly #signal: AbortSignal;

  constructor(guardrails: readonly AgentGuardrail[], ports: GuardrailPorts, signal: AbortSignal) {
    this.#guardrails = guardrails;
    this.#ports = ports;
    this.#signal = signal;
  }

  async arguments(call: DecidedCall['call']): Promise<JsonObject> {
    const ones = guardrailsFor(this.#guardrails, { on: 'tool_input', tool: call });
    if (ones.length === 0) return call.arguments;
    const input = { on: 'tool_input' as const, text: JSON.stringify(call.arguments), tool: call };
    const checked = this.#note(await checkText(ones, input, this.#ports, this.#signal));
    if (checked.blocked) this.problems.push({ field: 'arguments', message: refusedCall(checked.blocked) });
    return checked.arguments ?? call.arguments;
  }

  /** What is changed in an answer of several fields must leave it one. */
  async answer(answer: JsonValue, tool: DecidedCall['call']): Promise<JsonValue> {
    const asInput = guardrailsFor(this.#guardrails, { on: 'input' });
    const asResult = guardrailsFor(this.#guardrails, { on: 'tool_output', tool });
    const given = typeof answer === 'string' ? answer : JSON.stringify(answer);
    const text = await this.#text('answer', given, asInput, { on: 'input' });
    const others = asResult.filter((guardrail) => !asInput.includes(guardrail));
    const left = await this.#text('answer', text, others, { on: 'tool_output', tool });
    if (left === given) return answer;
    return typeof answer === 'string' ? left : (asJson(left) ?? left);
  }

  message(message: string): Promise<string> {
    return this.#text('message', message, guardrailsFor(this.#guardrails, { on: 'input' }), { on: 'input' });
  }

  async #text(
    field: DecisionProblem['field'],
    text: string,
    guardrails: readonly AgentGuardrail[],
    place: { on: 'input' } | { on: 'tool_output'; tool: DecidedCall['call'] },
  ): Promise<string> {
    if (guardrails.length === 0 || text === '' || this.problems.length > 0) return text;
    const checked = this.#note(await checkText(guardrails, { ...place, text }, this.#ports, this.#signal));
    if (checked.blocked) this.problems.push({ field, message: refusedAnswer(checked.blocked) });
    return checked.text;
  }

  #note(checked: CheckedText): CheckedText {
    this.tripped.push(...checked.tripped);
    this.changed ||= checked.changed;
    return checked;
  }
}

function asJson(text: string): JsonValue | undefined {
  try {
    return cleanJson(JSON.parse(text) as JsonValue);
  } catch {
    return undefined;
  }
}
