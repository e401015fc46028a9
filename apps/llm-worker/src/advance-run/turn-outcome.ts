import type { RunEventBody } from '@troupe/contracts';
import type { FollowUp, LedgerRow, NewMessage, NewToolCall, NextState, StepRow } from '@troupe/database';

/** What a turn came to: everything that its commit stores and then says. */
export interface TurnOutcome {
  next: NextState;
  steps: StepRow[];
  messages: NewMessage[];
  toolCalls: NewToolCall[];
  ledger: LedgerRow[];
  followUps: FollowUp[];
  /** Events that become true with the commit. */
  events: RunEventBody[];
}

/** An outcome that ends or parks the run without a finished step. */
export function unfinished(next: NextState, ledger: LedgerRow[], events: RunEventBody[]): TurnOutcome {
  return { next, steps: [], messages: [], toolCalls: [], ledger, followUps: [], events };
}
