import { type JsonValue, MAX_EVENT_OUTPUT, type RunEventBody, type StopReason, type Usage } from '@troupe/contracts';
import type { ClaimedRun, NewMessage } from '@troupe/database';
import { followUpsOf } from './follow-ups-of.js';
import type { TurnOutcome } from './turn-outcome.js';

export interface CompletedWith {
  answer: NewMessage;
  stopReason: StopReason;
  /** Of the whole run. */
  usage: Usage;
  /** The validated answer, where the run has an output schema. */
  output?: { value: JsonValue } | undefined;
}

/** The end of a run that answered. */
export function completeRun(
  run: ClaimedRun,
  { answer, stopReason, usage, output }: CompletedWith,
): Pick<TurnOutcome, 'next' | 'messages' | 'toolCalls' | 'followUps' | 'events' | 'output'> {
  const completed: RunEventBody = {
    type: 'run.completed',
    data: {
      run_id: run.id,
      thread_id: run.threadId,
      message_id: answer.id,
      stop_reason: stopReason,
      usage,
      ...(output && isShort(output.value) && { output: output.value }),
    },
  };
  return {
    next: { status: 'completed', stopReason, outputMessageId: answer.id },
    messages: [answer],
    toolCalls: [],
    followUps: followUpsOf(run),
    events: [completed],
    ...(output && { output }),
  };
}

function isShort(value: JsonValue): boolean {
  return JSON.stringify(value).length <= MAX_EVENT_OUTPUT;
}
