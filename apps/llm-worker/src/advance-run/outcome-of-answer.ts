import { addUsage, type CallAttempt, type ChosenRoute, type NextMove } from '@troupe/agent';
import { type ModelId, newId, type RunEventBody, type StepRoute, TroupeError, type Usage } from '@troupe/contracts';
import type { ClaimedRun, LedgerRow, NewMessage, StepRow } from '@troupe/database';
import type { ModelResponse } from '@troupe/spec';
import { followUpsOf } from './follow-ups-of.js';
import { usageOf } from './ledger-of-turn.js';
import { receivedMessages } from './received-messages.js';
import { toolRound } from './tool-round.js';
import type { TurnOutcome } from './turn-outcome.js';

const NOTHING: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  cached_input_tokens: 0,
  reasoning_tokens: 0,
  cost: null,
};

/** A model's whole answer, and every call that it took to get it. */
export interface AnsweredCall {
  response: ModelResponse;
  /** Which of the routes answered. */
  model: ModelId;
  route: ChosenRoute;
  attempts: readonly CallAttempt[];
  ledger: LedgerRow[];
}

/** What a model's whole answer comes to: the end of the run, or a round of tools. */
export function outcomeOfAnswer(run: ClaimedRun, call: AnsweredCall, move: NextMove, startedAt: string): TurnOutcome {
  const { response, model, ledger } = call;
  const usage = ledger.map(usageOf).reduce<Usage>(addUsage, NOTHING);
  const received = receivedMessages(run);
  const answer: NewMessage = {
    id: newId(),
    parent_id: received.at(-1)?.id ?? run.headMessageId,
    role: 'assistant',
    content: move.content,
    model,
  };
  const step: StepRow = {
    index: run.step,
    kind: 'model',
    model,
    finish_reason: response.finish.raw,
    usage: { ...usage },
    ...(hadChoice(run, call) && { route: stepRoute(call) }),
    started_at: startedAt,
  };
  const common = { ledger, steps: [step], receivedRead: received.length };
  const said: RunEventBody[] = [
    { type: 'usage.recorded', data: usage },
    { type: 'message.completed', data: { message_id: answer.id } },
  ];

  if (move.kind === 'finish') {
    const completed: RunEventBody = {
      type: 'run.completed',
      data: {
        run_id: run.id,
        thread_id: run.threadId,
        message_id: answer.id,
        stop_reason: move.stopReason,
        usage: addUsage(run.usage, usage),
      },
    };
    return {
      ...common,
      next: { status: 'completed', stopReason: move.stopReason, outputMessageId: answer.id },
      messages: [...received, answer],
      toolCalls: [],
      followUps: followUpsOf(run),
      events: [...said, completed],
    };
  }
  const round = toolRound(run, answer, move, said);
  return { ...common, ...round, messages: [...received, ...round.messages] };
}

/** A run whose one model answered at once has nothing to tell. */
function hadChoice({ model, configuration }: ClaimedRun, call: AnsweredCall): boolean {
  return configuration.routing !== undefined || call.attempts.length > 1 || call.model !== model;
}

/** Why this model was asked, and which were asked before it and did not answer. */
function stepRoute({ route: { tier, rule, reason }, attempts }: AnsweredCall): StepRoute {
  return {
    tier,
    rule,
    reason,
    tried: attempts.map(({ model, error }) => ({
      model,
      outcome: error === undefined ? 'completed' : TroupeError.bodyOf(error).code,
    })),
  };
}
