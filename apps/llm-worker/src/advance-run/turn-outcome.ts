import type { JsonValue, RunEventBody } from '@troupe/contracts';
import type {
  CommittedHandoff,
  FollowUp,
  LedgerRow,
  NewApproval,
  NewMessage,
  NewToolCall,
  NextState,
  RefusedAnswers,
  StepRow,
  WithheldMessage,
} from '@troupe/database';

/** What a turn came to: everything that its commit stores and then says. */
export interface TurnOutcome {
  next: NextState;
  steps: StepRow[];
  messages: NewMessage[];
  /** How many of the messages that were sent to the run are among them. */
  receivedRead: number;
  toolCalls: NewToolCall[];
  /** Of the calls, those that wait for people; absent: none. */
  approvals?: NewApproval[];
  ledger: LedgerRow[];
  followUps: FollowUp[];
  /** Events that become true with the commit. */
  events: RunEventBody[];
  /** Set for the end of a run that has an output schema. */
  output?: { value: JsonValue };
  /** Set where the answer is asked for again. */
  refused?: RefusedAnswers;
  /** Messages that were stored before and that guardrails changed; absent: none. */
  withheld?: WithheldMessage[];
  /** Set where another agent takes over. */
  handoff?: CommittedHandoff;
  /** What is stored instead where that agent is gone by then. */
  otherwise?: TurnOutcome;
}

/** The run is another attempt's by now: nothing of it may be stored but what its call cost. */
export interface AbandonedTurn {
  abandoned: LedgerRow[];
}

/** An outcome that ends or parks the run without a finished step. */
export function unfinished(next: NextState, ledger: LedgerRow[], events: RunEventBody[]): TurnOutcome {
  return { next, steps: [], messages: [], receivedRead: 0, toolCalls: [], ledger, followUps: [], events };
}
