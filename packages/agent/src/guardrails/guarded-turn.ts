import { type ContentPart, type RunEventBody, textOf } from '@troupe/contracts';
import type { ModelMessage, ModelResponse } from '@troupe/spec';
import { type AgentGuardrail, guardrailsFor, isParallel } from './agent-guardrail.js';
import { checkAnswer, tellAnswer } from './check-answer.js';
import { checkMessage, type GuardedInput } from './check-message.js';
import type { Blocked, CheckedText, GuardrailPorts } from './check-text.js';
import { EventGate } from './event-gate.js';
import { answerOfBlock, feedbackOf } from './guardrail-messages.js';

/** Further answers that guardrails may ask for within one turn; then what they object to is blocked. */
const MAX_RETRIES = 2;

/** How a turn asks its model, under guardrails. */
export interface GuardedCall {
  /** The messages that came in, as the model may read them. */
  inputs: readonly (readonly ContentPart[])[];
  /** Answers of this turn that were refused, and what was said about them; they follow everything else. */
  refused: readonly ModelMessage[];
  /** Aborts when a guardrail found that there is nothing to answer. */
  signal: AbortSignal;
  onEvent(event: RunEventBody): void;
}

export interface GuardedTurnOptions<Result> {
  guardrails: readonly AgentGuardrail[];
  ports: GuardrailPorts;
  /** Messages from outside that the agent has not read yet. */
  inputs: readonly (readonly ContentPart[])[];
  /** Ends soon once its signal has aborted: it rejects, or answers with what there is. */
  ask(call: GuardedCall): Promise<Result>;
  /** Undefined: there is no answer, and the turn ends with what there is. */
  answerOf(result: Result): ModelResponse | undefined;
  signal: AbortSignal;
  onEvent(event: RunEventBody): void;
}

export type GuardedTurn<Result> = { inputs: GuardedInput[] } & (
  | { type: 'answered'; result: Result; response: ModelResponse }
  | { type: 'unanswered'; result: Result }
  /** `answer` is what the user reads; nothing of the turn joins the thread but that. */
  | { type: 'blocked'; on: 'input' | 'output'; answer: string }
);

/**
 * One model turn under an agent's guardrails. Rules look at what came in before the model is called; judges do while it
 * answers, unless they are to be waited for, and until they are done nobody is told anything. An answer that is looked at
 * is told when it has passed.
 * @throws what `ask` throws, the signal's reason, `budget_exceeded` of a judge
 */
export async function guardedTurn<Result>(options: GuardedTurnOptions<Result>): Promise<GuardedTurn<Result>> {
  const ofInput = guardrailsFor(options.guardrails, { on: 'input' });
  const before = ofInput.filter((guardrail) => !isParallel(guardrail));
  const inputs = await checkInputs(before, options.inputs, options);
  const blocked = blockOf(inputs);
  if (blocked) return { type: 'blocked', inputs, on: 'input', answer: answerOfBlock('input', blocked) };
  const beside = options.inputs.length > 0 ? ofInput.filter(isParallel) : [];
  const turn = new TurnUnderWay(options, inputs, beside);
  try {
    return await turn.answer();
  } finally {
    await turn.end();
  }
}

/** A turn whose rules let the input through: the model answers, judges of the input work beside it. */
class TurnUnderWay<Result> {
  readonly #options: GuardedTurnOptions<Result>;
  readonly #inputs: GuardedInput[];
  /** What judges say of the input. */
  readonly #judged: Promise<GuardedInput[]>;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #gate: EventGate;

  constructor(options: GuardedTurnOptions<Result>, inputs: GuardedInput[], beside: readonly AgentGuardrail[]) {
    this.#options = options;
    this.#inputs = inputs;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.#gate = new EventGate(options.onEvent);
    this.#judged = beside.length > 0 ? this.#judge(beside) : Promise.resolve(inputs);
    // Where it fails, `answer` does; until then it waits for the model.
    this.#judged.catch(() => this.#stop.abort(new Error('The input could not be checked.')));
  }

  async answer(): Promise<GuardedTurn<Result>> {
    const { guardrails, ask, answerOf, onEvent, ports } = this.#options;
    const ofOutput = guardrailsFor(guardrails, { on: 'output' });
    const read = this.#inputs.map(({ content }) => content);
    const last = read.at(-1);
    const asks = last && textOf(last);
    const refused: ModelMessage[] = [];
    for (;;) {
      const held: RunEventBody[] = [];
      const hear = (event: RunEventBody) => {
        if (ofOutput.length > 0 && isDelta(event)) held.push(event);
        else this.#gate.push(event);
      };
      const asked = await settled(ask({ inputs: read, refused, signal: this.#signal, onEvent: hear }));
      const inputs = await this.#judged;
      const blocked = blockOf(inputs);
      if (blocked) return { type: 'blocked', inputs, on: 'input', answer: answerOfBlock('input', blocked) };
      if (asked.status === 'rejected') throw asked.reason;
      const result = asked.value;
      const response = answerOf(result);
      if (!response) return { type: 'unanswered', inputs, result };
      const checked = await checkAnswer(ofOutput, response, asks, ports, this.#signal);
      for (const data of checked.tripped) onEvent({ type: 'guardrail.tripped', data });
      const refusal = checked.blocked ?? (refused.length < 2 * MAX_RETRIES ? undefined : outOfRetries(checked));
      if (refusal) return { type: 'blocked', inputs, on: 'output', answer: answerOfBlock('output', refusal) };
      if (checked.retry) {
        refused.push(...correction(response, checked.retry));
        continue;
      }
      if (checked.changed) tellAnswer(checked.response, onEvent);
      else held.forEach(onEvent);
      return { type: 'answered', inputs, result, response: checked.response };
    }
  }

  /** Stops whoever still works for the turn. */
  async end(): Promise<void> {
    this.#stop.abort(new Error('The turn is over.'));
    await settled(this.#judged);
  }

  async #judge(guardrails: readonly AgentGuardrail[]): Promise<GuardedInput[]> {
    const { ports, onEvent } = this.#options;
    this.#gate.close();
    const read = this.#inputs.map(({ content }) => content);
    const judged = await checkInputs(guardrails, read, { ports, onEvent, signal: this.#signal });
    if (blockOf(judged)) this.#stop.abort(new Error('A guardrail blocked the input.'));
    else this.#gate.open();
    return this.#inputs.map((input, index) => ({ ...input, ...blockedBy(judged[index]) }));
  }
}

/** One message after the other, so that events keep their order. */
async function checkInputs(
  guardrails: readonly AgentGuardrail[],
  messages: readonly (readonly ContentPart[])[],
  { ports, signal, onEvent }: Pick<GuardedTurnOptions<unknown>, 'ports' | 'signal' | 'onEvent'>,
): Promise<GuardedInput[]> {
  const inputs: GuardedInput[] = [];
  for (const content of messages) {
    const { tripped, ...input } = await checkMessage(guardrails, content, ports, signal);
    for (const data of tripped) onEvent({ type: 'guardrail.tripped', data });
    inputs.push(input);
  }
  return inputs;
}

/** What a judge's word adds to what the rules had made of a text. */
function blockedBy(judged: GuardedInput | undefined): Partial<GuardedInput> {
  if (!judged?.blocked) return {};
  return { content: [], blocked: judged.blocked, by: judged.by };
}

function blockOf(inputs: readonly GuardedInput[]): Blocked | undefined {
  return inputs.find(({ blocked }) => blocked)?.blocked;
}

function outOfRetries({ retry }: CheckedText): Blocked | undefined {
  return retry && { guardrail: retry.guardrail, reason: 'every answer was refused', message: retry.message };
}

function correction(response: ModelResponse, retry: NonNullable<CheckedText['retry']>): ModelMessage[] {
  const content = response.content.filter(({ type }) => type === 'text');
  return [
    { role: 'assistant', content },
    { role: 'user', content: [{ type: 'text', text: feedbackOf(retry) }] },
  ];
}

function isDelta({ type }: RunEventBody): boolean {
  return type === 'text.delta' || type === 'reasoning.delta';
}

async function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}
