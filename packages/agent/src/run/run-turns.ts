import type { StopReason, Usage } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';
import { type Review, reviewOutput } from '../structured-output/review-output.js';
import { RunMessages } from '../structured-output/run-messages.js';
import { decideNext, type NextMove } from '../turn/decide-next.js';
import { addUsage } from '../usage/add-usage.js';
import { usageOf } from '../usage/usage-of.js';
import { modelTurn } from './model-turn.js';
import type { RunTurnsOptions } from './run-turns-options.js';
import { toolRound } from './tool-round.js';

export interface RunOutcome {
  /** The answer: the text of the last model turn. */
  text: string;
  stopReason: StopReason;
  /** The validated answer, where one was asked for. */
  output?: unknown;
  /** Tokens of all model turns. */
  usage: Usage;
  /** What the run adds to the thread. */
  messages: ModelMessage[];
}

/**
 * The whole loop in one process: model turns and tool rounds until the model answers. A server does the same with a job
 * for each step; the functions that decide are the same ones.
 * @throws TroupeError `output_invalid` when an output was asked for and the model gives none; those of the model
 */
export async function runTurns(options: RunTurnsOptions): Promise<RunOutcome> {
  const messages = new RunMessages();
  let usage: Usage | undefined;
  let refused = 0;
  for (let turn = 1, step = 0; ; ) {
    options.onEvent({ type: 'step.started', data: { step } });
    step += 1;
    const response = await modelTurn(options, messages, turn);
    const spent = usageOf(response.usage);
    usage = usage ? addUsage(usage, spent) : spent;
    options.onEvent({ type: 'usage.recorded', data: spent });
    const move = decideNext(response, { tools: options.tools, turn, maxTurns: options.configuration.max_turns });
    const said: ModelMessage = { role: 'assistant', content: move.content };
    if (move.kind === 'finish') {
      const review = await reviewed(options, move, refused);
      if (review?.accepted === false) {
        // The same turn once more: corrections have a budget of their own.
        messages.refuse(said, review.correction);
        refused += 1;
        continue;
      }
      messages.add(said);
      const { text, stopReason } = move;
      return { text, stopReason, usage, messages: messages.added, ...(review && { output: review.value }) };
    }
    messages.add(said);
    options.onEvent({ type: 'step.started', data: { step } });
    step += 1;
    messages.add({ role: 'tool', content: await toolRound(options, move) });
    options.signal.throwIfAborted();
    turn += 1;
  }
}

async function reviewed(
  { output }: RunTurnsOptions,
  { text, stopReason }: Extract<NextMove, { kind: 'finish' }>,
  refused: number,
): Promise<Review<unknown> | undefined> {
  return output && reviewOutput(output.format, { text, stopReason, refused }, output.retries);
}
