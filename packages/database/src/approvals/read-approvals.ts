import type { Approval, ApprovalKind, ApprovalState } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { APPROVAL_COLUMNS, type ApprovalRow, approvalFromRow, approvalNotFound } from './approval-row.js';

export interface ApprovalFilter {
  tenantId: string;
  state: ApprovalState | null;
  kind: ApprovalKind | null;
  userId: string | null;
  /** Slug. */
  agent: string | null;
  threadId: string | null;
  /** Those of the runs below it too. */
  runId: string | null;
}

const READ_APPROVAL = {
  name: 'read-approval',
  text: `SELECT ${APPROVAL_COLUMNS} FROM approvals WHERE id = $1 AND tenant_id = $2`,
};

const listWhere = (name: string, condition: string) => ({
  name,
  text: `SELECT ${APPROVAL_COLUMNS} FROM approvals
    WHERE tenant_id = $1 AND ${condition} AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR kind = $3)
      AND ($4::text IS NULL OR user_id = $4) AND ($5::text IS NULL OR agent = $5)
      AND ($6::uuid IS NULL OR thread_id = $6) AND ($7::uuid IS NULL OR run_id = $7 OR root_run_id = $7) AND ($8::uuid IS NULL OR id < $8)
    ORDER BY id DESC LIMIT $9`,
});
const LIST_APPROVALS = listWhere('list-approvals', 'true');
/** Few are open, and an index of their own holds them; a parameter could not choose it. */
const LIST_PENDING_APPROVALS = listWhere('list-pending-approvals', `state = 'pending'`);
const LIST_RUN_APPROVALS = listWhere('list-run-approvals', '(run_id = $7 OR root_run_id = $7)');

/** More calls than any model asks for in one turn. */
const MAX_PENDING = 1_000;

/** @throws TroupeError `approval_not_found`, for another tenant's approval too. */
export async function readApproval(database: Queryable, tenantId: string, id: string): Promise<Approval> {
  const [row] = await database.query<ApprovalRow>(READ_APPROVAL, [id, tenantId]);
  if (!row) throw approvalNotFound(id);
  return approvalFromRow(row);
}

/** Newest first, older than the cursor. */
export async function listApprovals(
  database: Queryable,
  { tenantId, state, kind, userId, agent, threadId, runId }: ApprovalFilter,
  page: { before: string | null; limit: number },
): Promise<Approval[]> {
  const statement = runId !== null ? LIST_RUN_APPROVALS : state === 'pending' ? LIST_PENDING_APPROVALS : LIST_APPROVALS;
  const values = [tenantId, state, kind, userId, agent, threadId, runId, page.before, page.limit];
  return (await database.query<ApprovalRow>(statement, values)).map(approvalFromRow);
}

/** What people are still to decide of a run and those below it, in the order in which it was asked. */
export async function pendingApprovals(database: Queryable, tenantId: string, runId: string): Promise<Approval[]> {
  const everything = { kind: null, userId: null, agent: null, threadId: null };
  const filter = { ...everything, tenantId, runId, state: 'pending' } as const;
  return (await listApprovals(database, filter, { before: null, limit: MAX_PENDING })).reverse();
}
