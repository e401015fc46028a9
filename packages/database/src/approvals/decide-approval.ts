import { type Approval, type RunStatus, TroupeError } from '@troupe/contracts';
import type { Database, Queryable } from '../database.js';
import { approvalNotFound } from './approval-row.js';
import { readApproval } from './read-approvals.js';
import { type SettledApproval, type Settlement, settleApproval } from './settle-approval.js';

export interface DecideApprovalInput extends Settlement {
  tenantId: string;
  approvalId: string;
}

/** First, so that the statements after it see what others did to the run before they let it go. */
const LOCK_RUN_OF_APPROVAL = {
  name: 'lock-run-of-approval',
  text: `SELECT runs.status, approvals.expires_at <= now() AS overdue
    FROM approvals JOIN runs ON runs.id = approvals.run_id
    WHERE approvals.id = $1 AND approvals.tenant_id = $2 FOR UPDATE OF runs`,
};

/**
 * Decides on a call once. The run goes on only when its other calls have their results too.
 * @throws TroupeError `approval_not_found`; `approval_decided` with what was decided, also for a decision that comes after
 * the approval's time, or after the end of its run
 */
export async function decideApproval(database: Database, input: DecideApprovalInput): Promise<SettledApproval> {
  const { tenantId, approvalId, ...settlement } = input;
  return database.transaction(async (transaction) => {
    const run = await lockRun(transaction, tenantId, approvalId);
    const settled =
      run.overdue || run.status !== 'waiting' ? undefined : await settleApproval(transaction, approvalId, settlement);
    if (settled) return settled;
    throw alreadyDecided(await readApproval(transaction, tenantId, approvalId), run.overdue);
  });
}

async function lockRun(transaction: Queryable, tenantId: string, approvalId: string) {
  const values = [approvalId, tenantId];
  const [run] = await transaction.query<{ status: RunStatus; overdue: boolean }>(LOCK_RUN_OF_APPROVAL, values);
  if (!run) throw approvalNotFound(approvalId);
  return run;
}

function alreadyDecided(approval: Approval, overdue: boolean): TroupeError {
  const { id, state, decided_by, decided_at, decision } = approval;
  const shown = state === 'pending' ? (overdue ? 'expired' : 'cancelled') : state;
  const by = decided_by === null ? '' : ` by ${decided_by}`;
  return new TroupeError({
    code: 'approval_decided',
    fault: 'caller',
    message: `Approval ${id} is ${shown}${by}; nothing was changed.`,
    details: { approval_id: id, state: shown, decided_by, decided_at, decision: decision && { ...decision } },
  });
}
