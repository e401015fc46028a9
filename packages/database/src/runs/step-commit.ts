import type {
  ContentPart,
  EffectClass,
  ErrorBody,
  FollowUpKind,
  JsonObject,
  MessageRole,
  RunEventBody,
  StepRoute,
  StopReason,
  WaitKind,
} from '@troupe/contracts';
import type { LedgerRow } from '../usage/ledger-row.js';

/** What the run is after the step. */
export type NextState =
  /**
   * `next_step`: the step is done. `retry`: it failed and is tried again. `rate_limit`: it waits for a limit, which is held
   * against nobody. `handed_back`: this process stops.
   */
  | { status: 'queued'; wakeInMs: number; because: 'next_step' | 'retry' | 'rate_limit' | 'handed_back' }
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
