import { addUsage } from '@troupe/agent';
import { newId, type RunEventBody } from '@troupe/contracts';
import type { ClaimedRun, LedgerRow, NewMessage } from '@troupe/database';
import { completeRun } from '../advance-run/complete-run.js';
import { usageOfCalls } from '../advance-run/ledger-of-turn.js';
import { receivedMessages } from '../advance-run/received-messages.js';
import type { TurnOutcome } from '../advance-run/turn-outcome.js';

/** The end of a run that a guardrail blocked: its message is the answer, and nothing that the model said is kept. */
export function blockedOutcome(run: ClaimedRun, text: string, ledger: LedgerRow[]): TurnOutcome {
  const received = receivedMessages(run);
  const answer: NewMessage = {
    id: newId(),
    parent_id: received.at(-1)?.id ?? run.headMessageId,
    role: 'assistant',
    content: [{ type: 'text', text }],
    model: null,
  };
  const usage = usageOfCalls(ledger);
  const said: RunEventBody[] = [
    { type: 'text.delta', data: { delta: text } },
    ...(ledger.length > 0 ? [{ type: 'usage.recorded' as const, data: usage }] : []),
    { type: 'message.completed', data: { message_id: answer.id } },
  ];
  const ended = completeRun(run, { answer, stopReason: 'guardrail', usage: addUsage(run.usage, usage) });
  return {
    ...ended,
    steps: [],
    ledger,
    receivedRead: received.length,
    messages: [...received, answer],
    // A title or facts of a conversation in which nothing was said.
    followUps: [],
    events: [...said, ...ended.events],
  };
}
