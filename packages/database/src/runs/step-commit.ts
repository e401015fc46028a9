import type {
  ContentPart,
  EffectClass,
  ErrorBody,
  FollowUpKind,
  Guardrail,
  HandoffHistory,
  JsonObject,
  JsonValue,
  MessageRole,
  RunEventBody,
  RunLimits,
  RunOptions,
  StepRoute,
  StopReason,
  UntrustedContent,
  WaitKind,
  Withheld,
} from '@troupe/contracts';
import type { NewApproval } from '../approvals/new-approval.js';
import type { LedgerRow } from '../usage/ledger-row.js';
import type { RefusedAnswers } from './refused-answers.js';

/** What the run is after the step. */
export type NextState =
  /**
   * `next_step`: the step is done. `retry`: it failed and is tried again. `rate_limit`: it waits for a limit, which is held
   * against nobody. `handed_back`: this process stops. `correction`: its answer was refused, and is asked for again.
   */
  | { status: 'queued'; wakeInMs: number; because: 'next_step' | 'retry' | 'rate_limit' | 'handed_back' | 'correction' }
  | { status: 'waiting'; waitKind: WaitKind; pendingToolCalls: number }
  | { status: 'completed'; stopReason: StopReason; outputMessageId: string | null }
  | { status: 'failed'; stopReason: StopReason; error: ErrorBody }
  | { status: 'cancelled' }
  | { status: 'expired' };

export interface StepRow {
  index: number;
  kind: 'model' | 'tools';
  model: string | null;
  finish_reason: string | null;
  usage: JsonObject | null;
  /** Why this model was asked, where there was a choice. */
  route?: StepRoute;
  started_at: string;
}

export interface NewMessage {
  id: string;
  parent_id: string;
  role: MessageRole;
  content: ContentPart[];
  model: string | null;
  /** Where guardrails changed it. */
  withheld?: Withheld;
}

/** A message that was stored before, as it is kept from now on: changed, withheld, or no longer held back. */
export interface WithheldMessage {
  id: string;
  content: ContentPart[];
  /** Null: it was held back, and is kept as it came. */
  withheld: Withheld | null;
}

export interface NewToolCall {
  id: string;
  message_id: string;
  step: number;
  index: number;
  call_id: string;
  name: string;
  arguments: JsonObject;
  effect: EffectClass;
  /** Set where a run of another agent is to answer the call. */
  delegate?: Delegate;
  /** Of its result; absent: none. */
  guardrails?: Guardrail[];
}

/** An agent as it was when the call was made: its run is pinned to that. */
export interface Delegate {
  agent_id: string;
  agent: string;
  agent_version: number;
  model: string;
  /** What its run may take of what the run that calls has left; absent: nothing limits that. */
  limits?: RunLimits;
  /** The run that calls has read words of strangers, so what it says may be theirs. */
  untrusted?: boolean;
}

/** The agent that speaks from the next turn on, pinned to the version that it has now. */
export interface CommittedHandoff extends Omit<Delegate, 'limits' | 'untrusted'> {
  /** Slug of the agent that spoke until now. */
  from: string;
  history: HandoffHistory;
  /** What the run is asked from now on beside what it was: `handed_over`, and the limits that bound it so far. */
  options: Pick<RunOptions, 'handed_over' | 'limits'>;
  /** The policy for untrusted content of the agent before, which holds for one that has none. */
  untrusted: UntrustedContent | null;
  /** What the request asked of the agent before and cannot ask of this one. */
  dropped_option: 'tier' | null;
}

export interface FollowUp {
  id: string;
  kind: FollowUpKind;
  model: string;
}

export interface StepCommit {
  runId: string;
  /** The token of the claim. */
  attempt: number;
  next: NextState;
  /** Absent when the attempt ends without a finished step. */
  steps: StepRow[];
  /** In order; the last becomes the head of the thread. */
  messages: NewMessage[];
  toolCalls: NewToolCall[];
  /** The calls of this attempt, and those of the lost ones before it: with this commit none is open any more. */
  ledger: LedgerRow[];
  followUps: FollowUp[];
  /** Events of this attempt that are not stored yet, and the place of the first. */
  events: RunEventBody[];
  firstEvent: number;
  /** Set where another agent takes over; there are no calls then. */
  handoff?: CommittedHandoff;
  /** Of the calls, those that wait for people; absent: none. */
  approvals?: NewApproval[];
  /** Set for a run that completes and has an output schema. */
  output?: { value: JsonValue };
  /** Set with `correction`. */
  refused?: RefusedAnswers;
  /** Absent: none. */
  withheld?: WithheldMessage[];
  /** How many of `ClaimedRun.received` are among the messages; absent: none. */
  receivedRead?: number;
}

export interface CommittedStep {
  /** Number of the ring that the run now waits for. */
  dispatch: number;
  step: number;
  cancelRequested: boolean;
  /** Somebody paused the run during the step: it rests now, unless it has ended. */
  paused: boolean;
  /** Runs that wait for the thread, now that this one has ended: then `advanceThread` is due. 0 while the run goes on. */
  waitingRuns: number;
}
