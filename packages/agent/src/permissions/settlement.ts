import type { Approval, ApprovalDecision, ApprovalOutcome, ApprovalState, JsonObject } from '@troupe/contracts';
import { failedResult } from '../tools/failed-result.js';
import { formatToolOutput } from '../tools/format-tool-output.js';
import { expiredText, rejectedText } from './approval-texts.js';

/** What becomes of a call that waited: it is sent, or has its result without being sent. */
export type AskedCallEnd =
  | { do: 'send'; arguments?: JsonObject }
  | { do: 'complete'; status: 'completed' | 'failed'; result: string };

export interface Settlement {
  state: Extract<ApprovalState, 'approved' | 'rejected' | 'answered' | 'expired'>;
  outcome: ApprovalOutcome | null;
  decidedBy: string | null;
  call: AskedCallEnd;
}

/** What a decision without problems makes of an approval and its call. */
export function settlementOf(approval: AskedCall, decision: ApprovalDecision): Settlement {
  const { decision: verb, decided_by: decidedBy = null, ...outcome } = decision;
  switch (verb) {
    case 'approve': {
      const { arguments: args } = decision;
      return { state: 'approved', outcome, decidedBy, call: { do: 'send', ...(args && { arguments: args }) } };
    }
    case 'reject':
      return { state: 'rejected', outcome, decidedBy, call: refused(approval, decision.message) };
    case 'answer': {
      const result = formatToolOutput(decision.answer);
      return { state: 'answered', outcome, decidedBy, call: { do: 'complete', status: 'completed', result } };
    }
  }
}

/** What becomes of a call that nobody decided on in time. */
export function expiryOf({ kind, tool_call_id: id, name }: AskedCall, policy: 'approve' | 'reject'): AskedCallEnd {
  if (policy === 'approve' && kind === 'tool') return { do: 'send' };
  return { do: 'complete', status: 'failed', result: failedResult({ id, name }, expiredText(kind)).content };
}

type AskedCall = Pick<Approval, 'kind' | 'tool_call_id' | 'name'>;

function refused({ kind, tool_call_id: id, name }: AskedCall, message?: string): AskedCallEnd {
  const result = failedResult({ id, name }, rejectedText(kind, message)).content;
  return { do: 'complete', status: 'failed', result };
}
