import type { RunEventBody } from '@troupe/contracts';
import type { FollowUp, LedgerRow, NewMessage, NewToolCall, NextState, StepRow } from '@troupe/database';

/** What a turn came to: everything that its commit stores and then says. */
export interface TurnOutcome {
  next: NextState;
  steps: StepRow[];
  messages: NewMessage[];
  /** How many of the messages that were sent to the run are among them. */
  receivedRead: number;
  toolCalls: NewToolCall[];
  ledger: LedgerRow[];
  followUps: FollowUp[];
  /** Events that become true with the commit. */
  events: RunEventBody[];
}

/** The run is another attempt's by now: nothing of it may be stored but what its call cost. */
export interface AbandonedTurn {
  abandoned: LedgerRow[];
}

/** An outcome that ends or parks the run without a finished step. */
export function unfinished(next: NextState, ledger: LedgerRow[], events: RunEventBody[]): TurnOutcome {
  return { next, steps: [], messages: [], receivedRead: 0, toolCalls: [], ledger, followUps: [], events };
}
