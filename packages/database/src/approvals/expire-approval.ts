import type { Approval, ErrorBody, ExpiryPolicy, RunEventBody } from '@troupe/contracts';
import type { Database, Queryable } from '../database.js';
import { failParkedRun } from '../runs/cancel-run.js';
import { readApproval } from './read-approvals.js';
import { type CallSettlement, type SettledApproval, settleApproval } from './settle-approval.js';

const FIND_OVERDUE_APPROVALS = {
  name: 'find-overdue-approvals',
  text: `SELECT id FROM approvals WHERE state = 'pending' AND expires_at <= now() ORDER BY expires_at LIMIT $1`,
};

const LOCK_RUN_OF_OVERDUE = {
  name: 'lock-run-of-overdue-approval',
  text: `SELECT approvals.tenant_id FROM approvals JOIN runs ON runs.id = approvals.run_id
    WHERE approvals.id = $1 AND approvals.expires_at <= now() AND runs.status = 'waiting' FOR UPDATE OF runs`,
};

/** Of runs that ended in the moment between two looks at them: nobody is to be asked about those any more. */
const CLOSE_ABANDONED_APPROVALS = {
  name: 'close-abandoned-approvals',
  text: `WITH closed AS (
      UPDATE approvals SET state = 'cancelled', decided_at = now()
      WHERE id IN (
        SELECT approvals.id FROM approvals JOIN runs ON runs.id = approvals.run_id
        WHERE approvals.state = 'pending' AND runs.finished_at < now() - interval '10 seconds' LIMIT $1
      ) AND state = 'pending'
      RETURNING tool_call_id
    ),
    calls AS (
      UPDATE tool_calls SET state = 'cancelled', finished_at = now()
      FROM closed WHERE id = tool_call_id AND state = 'awaiting'
    )
    SELECT tool_call_id FROM closed`,
};

/** Approvals closed at one look; more are found at the next. */
const BATCH = 200;

export interface ExpiredApproval extends SettledApproval {
  /** Its policy was to fail the run. The thread, when others wait for it now. */
  threadToAdvance: string | undefined;
}

/** Approvals that nobody decided in time, the longest overdue first. */
export async function findOverdueApprovals(database: Queryable, limit: number): Promise<string[]> {
  return (await database.query<{ id: string }>(FIND_OVERDUE_APPROVALS, [limit])).map(({ id }) => id);
}

/**
 * Does to an overdue approval what its policy says. Undefined when somebody was faster.
 * @param callFor what becomes of its call under the policy
 * @param failure the error of a run whose policy is to fail
 */
export async function expireApproval(
  database: Database,
  approvalId: string,
  callFor: (approval: Approval, policy: Exclude<ExpiryPolicy, 'fail'>) => CallSettlement,
  failure: (approval: Approval) => ErrorBody,
): Promise<ExpiredApproval | undefined> {
  return database.transaction(async (transaction) => {
    const [run] = await transaction.query<{ tenant_id: string }>(LOCK_RUN_OF_OVERDUE, [approvalId]);
    if (!run) return undefined;
    const approval = await readApproval(transaction, run.tenant_id, approvalId);
    const { on_expiry } = approval;
    const call = callFor(approval, on_expiry === 'fail' ? 'reject' : on_expiry);
    const settled = await settleApproval(transaction, approvalId, {
      state: 'expired',
      outcome: null,
      decidedBy: null,
      call,
    });
    if (!settled) return undefined;
    return on_expiry === 'fail'
      ? failRun(transaction, settled, failure(approval))
      : { ...settled, threadToAdvance: undefined };
  });
}

async function failRun(
  transaction: Queryable,
  { approval, events }: SettledApproval,
  error: ErrorBody,
): Promise<ExpiredApproval> {
  const { run_id } = approval;
  const failed = { stopReason: 'approval_expired', error } as const;
  const ended = await failParkedRun(transaction, run_id, failed);
  if (!ended) throw new Error(`Run ${run_id} did not take its end.`);
  const { threadToAdvance, ...id } = ended;
  const event: RunEventBody = { type: 'run.failed', data: { run_id, stop_reason: failed.stopReason, error } };
  return { approval, events: [...events, { runId: run_id, event, id }], send: null, resume: null, threadToAdvance };
}

/** Closes what an end of a run left open; true when there are others. */
export async function closeAbandonedApprovals(database: Queryable): Promise<boolean> {
  return (await database.query(CLOSE_ABANDONED_APPROVALS, [BATCH])).length === BATCH;
}
