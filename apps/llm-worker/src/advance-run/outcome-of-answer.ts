import type { NextMove } from '@troupe/agent';
import { newId, type RunEventBody } from '@troupe/contracts';
import type { ClaimedRun, NewMessage, StepRow } from '@troupe/database';
import type { ModelResponse } from '@troupe/spec';
import { followUpsOf } from './follow-ups-of.js';
import { ledgerOfResponse, sumUsage, usageOf } from './model-call.js';
import { receivedMessages } from './received-messages.js';
import { toolRound } from './tool-round.js';
import type { TurnOutcome } from './turn-outcome.js';

/** What a model's whole answer comes to: the end of the run, or a round of tools. */
export function outcomeOfAnswer(
  run: ClaimedRun,
  response: ModelResponse,
  move: NextMove,
  startedAt: string,
): TurnOutcome {
  const ledger = ledgerOfResponse(run, response);
  const usage = usageOf(ledger);
  const received = receivedMessages(run);
  const answer: NewMessage = {
    id: newId(),
    parent_id: received.at(-1)?.id ?? run.headMessageId,
    role: 'assistant',
    content: move.content,
    model: run.model,
  };
  const step: StepRow = {
    index: run.step,
    kind: 'model',
    model: run.model,
    finish_reason: response.finish.raw,
    usage: { ...usage },
    started_at: startedAt,
  };
  const common = { ledger: [ledger], steps: [step], receivedRead: received.length };
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
        usage: sumUsage(run.usage, usage),
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
