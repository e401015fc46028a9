import { type ApprovalKind, type ExpiryPolicy, newId, type RunEventBody, TroupeError } from '@troupe/contracts';
import type { ClaimedRun } from '../runs/claim-run.js';
import type { Conversations } from '../runs/double-texting.test-harness.js';
import { answerOf } from '../runs/double-texting.test-harness.js';
import type { CommittedStep, NewMessage, NewToolCall } from '../runs/step-commit.js';
import { decideApproval } from './decide-approval.js';
import { expireApproval } from './expire-approval.js';
import type { NewApproval } from './new-approval.js';
import type { CallSettlement, SettledApproval } from './settle-approval.js';

/** What a turn asks for: calls that run at once (`run`), and calls that wait. */
export type AskedCall = 'run' | ApprovalKind;

export interface RoundChanges {
  expiresInMs?: number;
  on_expiry?: ExpiryPolicy;
  roles?: string[];
}

export interface Round {
  runId: string;
  threadId: string;
  /** Of the calls, in their order. */
  callIds: string[];
  /** Of those that wait, in the order of their calls. */
  approvalIds: string[];
}

/** Sends a message and leaves its run with one round of calls. */
export async function askedRound(talk: Conversations, calls: AskedCall[], changes: RoundChanges = {}): Promise<Round> {
  const { runId, threadId } = await talk.send('Hello');
  const run = await talk.claim(runId);
  const { rows } = roundOf(run, calls, changes);
  await commitRound(talk, run, rows);
  return {
    runId,
    threadId,
    callIds: rows.toolCalls.map(({ id }) => id),
    approvalIds: rows.approvals.map(({ id }) => id),
  };
}

export interface RoundRows {
  messages: NewMessage[];
  toolCalls: NewToolCall[];
  approvals: NewApproval[];
}

export function roundOf(run: ClaimedRun, calls: AskedCall[], changes: RoundChanges = {}): { rows: RoundRows } {
  const messages = answerOf(run, 'calls tools');
  const toolCalls: NewToolCall[] = [];
  const approvals: NewApproval[] = [];
  for (const [index, kind] of calls.entries()) {
    const parent_id = messages.at(-1)?.id ?? run.headMessageId;
    const message: NewMessage = { id: newId(), parent_id, role: 'tool', content: [], model: null };
    messages.push(message);
    const call: NewToolCall = {
      id: newId(),
      message_id: message.id,
      step: run.step + 1,
      index,
      call_id: `call_${index}`,
      name: kind === 'input' ? 'ask_user' : 'pay',
      arguments: { euros: 80 },
      effect: kind === 'input' ? 'read' : 'effect',
    };
    toolCalls.push(call);
    if (kind !== 'run') approvals.push(approvalOf(call, kind, changes));
  }
  return { rows: { messages, toolCalls, approvals } };
}

function approvalOf(
  { id, name, arguments: args }: NewToolCall,
  kind: ApprovalKind,
  { expiresInMs = 3_600_000, on_expiry = 'reject', roles = [] }: RoundChanges,
): NewApproval {
  return {
    id: newId(),
    tool_call_id: id,
    kind,
    reason: kind === 'input' ? 'question' : 'rule',
    name,
    arguments: args,
    question: kind === 'input' ? 'How many?' : null,
    response_schema: kind === 'input' ? { type: 'integer' } : null,
    roles,
    expires_at: new Date(Date.now() + expiresInMs).toISOString(),
    on_expiry,
  };
}

export function commitRound(
  talk: Conversations,
  run: ClaimedRun,
  { approvals, ...rows }: RoundRows,
  events: RunEventBody[] = [],
): Promise<CommittedStep | undefined> {
  const inputs = approvals.filter(({ kind }) => kind === 'input').length;
  const waitKind = rows.toolCalls.length > approvals.length ? 'tool' : inputs < approvals.length ? 'approval' : 'input';
  const next = { status: 'waiting', waitKind, pendingToolCalls: rows.toolCalls.length } as const;
  return talk.commit(run, next, { ...rows, approvals, events, receivedRead: run.received.length, steps: 1 });
}

const CALLS: Record<'approve' | 'reject' | 'answer', CallSettlement> = {
  approve: { do: 'send' },
  reject: { do: 'complete', status: 'failed', result: 'Error: no' },
  answer: { do: 'complete', status: 'completed', result: '12' },
};
const STATES = { approve: 'approved', reject: 'rejected', answer: 'answered' } as const;

export function decide(
  talk: Conversations,
  approvalId: string,
  verb: keyof typeof CALLS,
  decidedBy = 'ada',
): Promise<SettledApproval> {
  return decideApproval(talk.database, {
    tenantId: talk.tenantId,
    approvalId,
    state: STATES[verb],
    outcome: {},
    decidedBy,
    call: CALLS[verb],
  });
}

export function expire(talk: Conversations, approvalId: string) {
  return expireApproval(
    talk.database,
    approvalId,
    (_approval, policy) => CALLS[policy],
    () => ({ code: 'approval_expired', fault: 'caller', message: 'Too late.', retryable: false }),
  );
}

/** `ok`, or the code of the refusal. */
export function wordOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (error: unknown) => (error instanceof TroupeError ? error.code : String(error)),
  );
}
