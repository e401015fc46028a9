import { addUsage, type CallAttempt, type ChosenRoute, type PermittedMove } from '@troupe/agent';
import { type JsonValue, type ModelId, newId, type RunEventBody, type StepRoute, TroupeError } from '@troupe/contracts';
import type { ClaimedRun, LedgerRow, NewMessage, StepRow } from '@troupe/database';
import type { ModelResponse } from '@troupe/spec';
import { handOver } from '../other-agents/hand-over.js';
import type { OtherAgents } from '../other-agents/other-agents.js';
import { completeRun } from './complete-run.js';
import { usageOfCalls } from './ledger-of-turn.js';
import { receivedMessages } from './received-messages.js';
import { toolRound } from './tool-round.js';
import type { TurnOutcome } from './turn-outcome.js';

/** A model's whole answer, and every call that it took to get it. */
export interface AnsweredCall {
  response: ModelResponse;
  /** Which of the routes answered. */
  model: ModelId;
  route: ChosenRoute;
  attempts: readonly CallAttempt[];
  ledger: LedgerRow[];
  /** The validated answer, where the run has an output schema and this is its end. */
  output?: { value: JsonValue } | undefined;
  /** Whom the turn may have involved, and the model of agents that name none. */
  others: OtherAgents & { defaultModel: ModelId };
}

/** What a model's whole answer comes to: the end of the run, a round of tools, or another agent's turn. */
export function outcomeOfAnswer(
  run: ClaimedRun,
  call: AnsweredCall,
  move: PermittedMove,
  startedAt: string,
): TurnOutcome {
  const { response, model, ledger } = call;
  const usage = usageOfCalls(ledger);
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
    const { stopReason } = move;
    const ended = completeRun(run, { answer, stopReason, usage: addUsage(run.usage, usage), output: call.output });
    return { ...common, ...ended, messages: [...received, answer], events: [...said, ...ended.events] };
  }
  if (move.kind === 'handoff') {
    const { made, refused } = handOver(run, answer, move, said, call.others);
    const whole = (part: typeof made) => ({ ...common, ...part, messages: [...received, ...part.messages] });
    return { ...whole(made), otherwise: whole(refused) };
  }
  const round = toolRound(run, answer, move, said, call.others.delegates);
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
