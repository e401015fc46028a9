import { type EventId, isTerminal, newId, type RunEventBody, type StopReason, type WaitKind } from '@troupe/contracts';
import type { Queryable, Statement } from '../database.js';
import { packEvents } from '../events/stored-events.js';
import { sumOfLedger } from '../usage/sum-of-ledger.js';
import {
  COMMIT_ASKING_STEP,
  COMMIT_CORRECTION,
  COMMIT_HANDOFF_STEP,
  COMMIT_LAST_STEP,
  COMMIT_OUTPUT_STEP,
  COMMIT_READING_STEP,
  COMMIT_STEPS,
  type Extras,
  withholding,
} from './commit-statements.js';
import { POLL_GRACE_SECONDS } from './poll-grace.js';
import type { CommittedStep, NextState, StepCommit } from './step-commit.js';

interface CommittedRow {
  id: string;
  attempt: number;
  dispatch: number;
  step: number;
  cancel_requested: boolean;
  paused: boolean;
  waiting_runs: number;
}

/**
 * Stores the outcome of an attempt. Undefined: the run belongs to another attempt now, or it has a message that was not
 * read and `next` would complete it, or the agent that was to take over is gone; nothing was stored.
 */
export async function commitStep(database: Queryable, commit: StepCommit): Promise<CommittedStep | undefined> {
  const [statement, extras] = variantOf(commit);
  const given = JSON.stringify([{ ...givenOf(commit), extras }]);
  const [row] = await database.query<CommittedRow>(statement, [given, [commit.runId]]);
  return row && committedFrom(row);
}

/** Whether the commit can be stored together with those of other runs. */
export function isPlainCommit(commit: StepCommit): boolean {
  return variantOf(commit)[0] === COMMIT_STEPS;
}

/** Stores plain outcomes of attempts at several runs: all those that can be stored, in the order of `commits`. */
export async function commitSteps(
  database: Queryable,
  commits: readonly StepCommit[],
): Promise<(CommittedStep | undefined)[]> {
  const given = JSON.stringify(commits.map(givenOf));
  const rows = await database.query<CommittedRow>(COMMIT_STEPS, [given, commits.map(({ runId }) => runId)]);
  return commits.map(({ runId, attempt }) => {
    const row = rows.find((candidate) => candidate.id === runId && candidate.attempt === attempt);
    return row && committedFrom(row);
  });
}

function givenOf(commit: StepCommit) {
  const { next } = commit;
  const lastEvent: EventId['n'] = commit.firstEvent + commit.events.length - 1;
  return {
    run_id: commit.runId,
    attempt: commit.attempt,
    status: next.status,
    wait_kind: waitKindOf(next),
    stop_reason: stopReasonOf(next),
    // Left out, not null: that would be JSON's null.
    error: next.status === 'failed' ? next.error : undefined,
    output_message_id: next.status === 'completed' ? next.outputMessageId : null,
    wake_in: next.status === 'queued' ? next.wakeInMs / 1_000 + POLL_GRACE_SECONDS : 0,
    pending_tool_calls: next.status === 'waiting' ? next.pendingToolCalls : 0,
    because: next.status === 'queued' && next.because !== 'next_step' ? next.because : null,
    steps: commit.steps,
    head_message_id: commit.messages.at(-1)?.id ?? null,
    event_n: lastEvent,
    ...sumOfLedger(commit.ledger),
    messages: commit.messages,
    tool_calls: commit.toolCalls,
    first_event: commit.firstEvent,
    events: packEvents(commit.events),
    ledger: commit.ledger,
    follow_ups: commit.followUps,
  };
}

function variantOf(commit: StepCommit): [Statement, Extras] {
  const { withheld = [] } = commit;
  const [statement, extras] = variantOfNext(commit);
  return withheld.length === 0 ? [statement, extras] : [withholding(statement), { ...extras, withheld }];
}

function variantOfNext(commit: StepCommit): [Statement, Extras] {
  const { next, receivedRead = 0, approvals = [], handoff, output, refused } = commit;
  if (isTerminal(next.status) && next.status !== 'completed') return [COMMIT_LAST_STEP, { unread_base_id: newId() }];
  if (refused) return [COMMIT_CORRECTION, { refused }];
  if (output) return [COMMIT_OUTPUT_STEP, { received_read: receivedRead, output: output.value }];
  if (handoff) return [COMMIT_HANDOFF_STEP, { received_read: receivedRead, handoff }];
  if (approvals.length > 0) {
    const pending_inputs = approvals.filter(({ kind }) => kind === 'input').length;
    const asking = {
      received_read: receivedRead,
      pending_approvals: approvals.length - pending_inputs,
      pending_inputs,
      approvals,
      surfaced: surfacedOf(commit),
    };
    return [COMMIT_ASKING_STEP, asking];
  }
  return receivedRead > 0 ? [COMMIT_READING_STEP, { received_read: receivedRead }] : [COMMIT_STEPS, {}];
}

/** A reader of the run at the top has to know what it waits for. */
function surfacedOf({ runId, events }: StepCommit): RunEventBody[] {
  return events.flatMap((event) =>
    event.type === 'approval.requested' ? [{ ...event, data: { ...event.data, run_id: runId } }] : [],
  );
}

function committedFrom(row: CommittedRow): CommittedStep {
  return {
    dispatch: row.dispatch,
    step: row.step,
    cancelRequested: row.cancel_requested,
    paused: row.paused,
    waitingRuns: row.waiting_runs,
  };
}

/** A run that waits for its next try is queued, so that it can be claimed, and says what it waits for. */
function waitKindOf(next: NextState): WaitKind | null {
  if (next.status === 'waiting') return next.waitKind;
  if (next.status !== 'queued') return null;
  if (next.because === 'rate_limit') return 'rate_limit';
  return next.because === 'retry' ? 'timer' : null;
}

function stopReasonOf(next: NextState): StopReason | null {
  switch (next.status) {
    case 'completed':
    case 'failed':
      return next.stopReason;
    case 'cancelled':
      return 'cancelled';
    case 'expired':
      return 'deadline';
    default:
      return null;
  }
}
