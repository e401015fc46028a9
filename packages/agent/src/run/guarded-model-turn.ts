import type { Usage } from '@troupe/contracts';
import type { ModelMessage, ModelResponse } from '@troupe/spec';
import type { GuardedInput } from '../guardrails/check-message.js';
import { countedGuards } from '../guardrails/counted-guards.js';
import { handoffInput, type InputMessage, inputAsKept, inputMessage } from '../guardrails/guarded-input-message.js';
import { guardedTurn } from '../guardrails/guarded-turn.js';
import type { HandoffTool } from '../handoff/handoff-tool.js';
import type { HistoryMessage } from '../history/history-message.js';
import type { RunMessages } from '../structured-output/run-messages.js';
import { addUsage } from '../usage/add-usage.js';
import { modelTurn } from './model-turn.js';
import { pricedUsage } from './priced-usage.js';
import type { RunTurnsOptions } from './run-turns-options.js';

interface TurnToTake {
  messages: RunMessages;
  turn: number;
  handoffs?: ReadonlyMap<string, HandoffTool> | undefined;
  /** Whether these guardrails see the user's message for the first time. */
  isNew: boolean;
  /** Due before anything is told of the turn. */
  begin(): void;
}

export type GuardedModelTurn = {
  /** With the user's message as it may be read from here on. */
  options: RunTurnsOptions;
  /** Of all calls of the turn, judges' included; undefined: no model was asked. */
  spent: Usage | undefined;
} & ({ type: 'answered'; response: ModelResponse } | { type: 'blocked'; answer: string });

/** A model turn under the guardrails of whoever speaks. @throws TroupeError of the model, or the signal's reason */
export async function guardedModelTurn(options: RunTurnsOptions, take: TurnToTake): Promise<GuardedModelTurn> {
  const { guards } = options;
  const { messages, turn, handoffs, isNew, begin } = take;
  if (!guards || guards.guardrails.length === 0) {
    const response = await modelTurn(options, messages, { turn, handoffs, begin });
    return {
      type: 'answered',
      options,
      response,
      spent: pricedUsage(options.model.id, response.usage, options.prices),
    };
  }
  const spent: Usage[] = [];
  const inputs = isNew ? inputsOf(options, messages.added) : [];
  const ended = await guardedTurn({
    guardrails: guards.guardrails,
    ports: countedGuards(guards, (usage) => {
      options.allowance.charge(usage, 1);
      spent.push(usage);
    }),
    inputs: inputs.map(({ content }) => content),
    ask: async (asked) => {
      const kept = asked.inputs.map((content, index) => ({ content, changed: content !== inputs[index]?.content }));
      const read = withInputs(options, messages.added, inputs, kept);
      const shown = { added: read.added, tail: [...messages.tail, ...asked.refused] };
      const { signal, onEvent } = asked;
      const response = await modelTurn({ ...read.options, signal, onEvent }, shown, { turn, handoffs, begin });
      spent.push(pricedUsage(options.model.id, response.usage, options.prices));
      return response;
    },
    answerOf: (response) => response,
    signal: options.signal,
    onEvent: (event) => {
      begin();
      options.onEvent(event);
    },
  });
  const read = withInputs(options, messages.added, inputs, ended.inputs);
  messages.replace(read.added);
  const common = { options: read.options, spent: sum(spent) };
  if (ended.type === 'blocked') return { ...common, type: 'blocked', answer: ended.answer };
  return { ...common, type: 'answered', response: ended.type === 'answered' ? ended.response : ended.result };
}

/** The message that the run answers, after what was sent along where the agent took over in this run. */
function inputsOf({ history, view }: RunTurnsOptions, added: readonly ModelMessage[]): InputMessage[] {
  const sent = view && handoffInput(added, view.tool);
  return [...(sent ? [sent] : []), ...history.slice(-1).map(inputMessage)];
}

function withInputs(
  options: RunTurnsOptions,
  added: readonly ModelMessage[],
  inputs: readonly InputMessage[],
  kept: readonly GuardedInput[],
): { options: RunTurnsOptions; added: readonly ModelMessage[] } {
  const changes = new Map<HistoryMessage, HistoryMessage>();
  for (const [index, input] of inputs.entries()) {
    const guarded = kept[index];
    const message = guarded ? inputAsKept(input, guarded) : input.message;
    if (message !== input.message) changes.set(input.message, message);
  }
  if (changes.size === 0) return { options, added };
  const history = options.history.map((message) => changes.get(message) ?? message);
  return {
    options: { ...options, history },
    added: added.map((message) => ({ ...message, content: [...(changes.get(message)?.content ?? message.content)] })),
  };
}

function sum([first, ...others]: readonly Usage[]): Usage | undefined {
  return first && others.reduce(addUsage, first);
}
