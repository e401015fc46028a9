import type { ModelMessage } from '@troupe/spec';
import type { Guards } from '../guardrails/guards.js';
import { type Review, reviewOutput } from '../structured-output/review-output.js';
import { RunMessages } from '../structured-output/run-messages.js';
import { decideNext, type NextMove } from '../turn/decide-next.js';
import { isLastTurn } from '../turn/turn-limit.js';
import { blockedRun } from './blocked-run.js';
import { guardedMove } from './guarded-calls.js';
import { guardedModelTurn } from './guarded-model-turn.js';
import { handOver } from './hand-over.js';
import type { RunOutcome } from './run-outcome.js';
import type { RunTurnsOptions } from './run-turns-options.js';
import { RunUsage } from './run-usage.js';
import { stopRun } from './stop-run.js';
import { toolRound } from './tool-round.js';

/**
 * The whole loop in one process: model turns and tool rounds until the model answers. A server does the same with a job
 * for each step; the functions that decide are the same ones.
 * @throws TroupeError `output_invalid` when an output was asked for and the model gives none; those of the model
 */
export async function runTurns(given: RunTurnsOptions): Promise<RunOutcome> {
  const usage = new RunUsage();
  let options: RunTurnsOptions = { ...given, onJudged: (used) => usage.judged(used) };
  const messages = new RunMessages();
  let refused = 0;
  /** Whose guardrails have seen the user's message. */
  let readBy: Guards | undefined;
  for (let turn = 1, step = 0; ; ) {
    await options.hooks?.beforeTurn(turn);
    const before = options.log.last;
    const begin = beginOf(options, step);
    const handoffs = await options.handovers?.offered();
    const isNew = options.guards !== readBy;
    readBy = options.guards;
    const answered = await guardedModelTurn(options, { messages, turn, handoffs, isNew, begin });
    options = answered.options;
    begin();
    if (answered.type === 'blocked') options.onEvent({ type: 'text.delta', data: { delta: answered.answer } });
    const input = inputOf(given, options);
    const tellOfAnswer = () => {
      const spent = usage.turn(answered.spent);
      if (spent) options.onEvent({ type: 'usage.recorded', data: spent });
      options.onEvent({ type: 'message.completed', data: { message_id: options.newId() } });
    };
    if (answered.type === 'blocked') {
      tellOfAnswer();
      return blockedRun(options, { messages, answered, refused, usage: usage.total, input });
    }
    const { response } = answered;
    const { tools, configuration } = options;
    const decided = decideNext(response, { tools, handoffs, turn, maxTurns: configuration.max_turns });
    const move = options.allowance.after(await guardedMove(options, decided), configuration.limits);
    const said: ModelMessage = { role: 'assistant', content: move.content };
    if (move.kind === 'finish') {
      const review = await reviewed(options, move, refused);
      if (review?.accepted === false) {
        // The same turn once more: corrections have a budget of their own.
        usage.turn(answered.spent);
        messages.refuse(said, review.correction);
        refused += 1;
        options.onEvent({ type: 'step.restarted', data: { step, withdraw_after: before } });
        continue;
      }
      messages.add(said);
      tellOfAnswer();
      const { text, stopReason } = move;
      await options.hooks?.afterTurn(turn);
      const goOn = await options.hooks?.onStop({ turn, text, stopReason });
      if (goOn !== undefined && !isLastTurn(turn, configuration.max_turns)) {
        messages.add({ role: 'user', content: [{ type: 'text', text: goOn }] });
        step += 1;
        turn += 1;
        continue;
      }
      return {
        text,
        stopReason,
        usage: usage.total,
        messages: messages.added,
        ...input,
        ...(review && { output: review.value }),
      };
    }
    messages.add(said);
    tellOfAnswer();
    step += 1;
    if (move.kind === 'handoff') {
      await options.hooks?.onHandoff(move);
      const made = await handOver(options, move);
      options = made.options;
      messages.add({ role: 'tool', content: made.results });
    } else {
      const results = await toolRound(options, move, messages.added);
      messages.add({ role: 'tool', content: results });
      if (move.calls.length > 0) step += 1;
      options.signal.throwIfAborted();
      const stopped = await stopRun(options, { results, messages, step, usage: () => usage.total });
      if (stopped) return { ...stopped, ...input };
    }
    options.signal.throwIfAborted();
    await options.hooks?.afterTurn(turn);
    turn += 1;
  }
}

/** Tells once that a step begins: when its request leaves, or something else is to be told of it. */
function beginOf({ onEvent }: RunTurnsOptions, step: number): () => void {
  let begun = false;
  return () => {
    if (begun) return;
    begun = true;
    onEvent({ type: 'step.started', data: { step } });
  };
}

function inputOf(given: RunTurnsOptions, { history }: RunTurnsOptions): Pick<RunOutcome, 'input'> {
  const input = history.at(-1);
  if (input === undefined || input === given.history.at(-1)) return {};
  return { input: { role: 'user', content: [...input.content] } };
}

async function reviewed(
  { output }: RunTurnsOptions,
  { text, stopReason }: Extract<NextMove, { kind: 'finish' }>,
  refused: number,
): Promise<Review<unknown> | undefined> {
  return output && reviewOutput(output.format, { text, stopReason, refused }, output.retries);
}
