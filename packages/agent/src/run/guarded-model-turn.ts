import { textOf, type Usage } from '@troupe/contracts';
import type { ModelResponse } from '@troupe/spec';
import { type GuardedInput, guardedTurn } from '../guardrails/guarded-turn.js';
import type { Guards } from '../guardrails/guards.js';
import { inputAsKept } from '../guardrails/input-as-kept.js';
import type { HandoffTool } from '../handoff/handoff-tool.js';
import type { RunMessages } from '../structured-output/run-messages.js';
import { addUsage } from '../usage/add-usage.js';
import { usageOf } from '../usage/usage-of.js';
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
  const input = options.history.at(-1);
  const ended = await guardedTurn({
    guardrails: guards.guardrails,
    ports: { ...guards, ...counted(guards, spent) },
    inputs: isNew && input ? [textOf(input.content)] : [],
    ask: async ({ inputs, refused, signal, onEvent }) => {
      const [text] = inputs;
      const read = text === undefined ? options : withInput(options, { text, changed: true });
      const shown = { added: messages.added, tail: [...messages.tail, ...refused] };
      const response = await modelTurn({ ...read, signal, onEvent }, shown, { turn, handoffs, begin });
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
  const [read] = ended.inputs;
  const common = { options: read ? withInput(options, read) : options, spent: sum(spent) };
  if (ended.type === 'blocked') return { ...common, type: 'blocked', answer: ended.answer };
  return { ...common, type: 'answered', response: ended.type === 'answered' ? ended.response : ended.result };
}

/** Judges cost too. */
function counted({ judge }: Guards, spent: Usage[]): Pick<Guards, 'judge'> {
  if (!judge) return {};
  return {
    judge: (model) => async (request, signal) => {
      const response = await judge(model)(request, signal);
      spent.push(usageOf(response.usage));
      return response;
    },
  };
}

function withInput(options: RunTurnsOptions, input: GuardedInput): RunTurnsOptions {
  const message = options.history.at(-1);
  if (!message) return options;
  return { ...options, history: [...options.history.slice(0, -1), inputAsKept(message, input)] };
}

function sum([first, ...others]: readonly Usage[]): Usage | undefined {
  return first && others.reduce(addUsage, first);
}
