import { type Approval, type ApprovalDecided, TroupeError } from '@troupe/contracts';

/** A row of `approvals` as the driver gives it. */
export interface ApprovalRow extends Omit<Approval, 'decided_at' | 'expires_at' | 'created_at'> {
  decided_at: Date | null;
  expires_at: Date;
  created_at: Date;
}

/** The columns of ApprovalRow. */
export const APPROVAL_COLUMNS = `
  approvals.id, approvals.run_id, approvals.root_run_id, approvals.thread_id, approvals.tool_call_id, approvals.user_id, approvals.agent,
  approvals.kind, approvals.reason, approvals.name, approvals.arguments, approvals.question, approvals.response_schema,
  approvals.roles, approvals.state, approvals.decision, approvals.decided_by, approvals.decided_at,
  approvals.expires_at, approvals.on_expiry, approvals.created_at`;

export function approvalFromRow(row: ApprovalRow): Approval {
  return {
    ...row,
    decided_at: row.decided_at?.toISOString() ?? null,
    expires_at: row.expires_at.toISOString(),
    created_at: row.created_at.toISOString(),
  };
}

/** What readers of its run are told of one that is no longer pending. */
export function decidedData({ id, tool_call_id, name, state, decided_by, decision }: ApprovalRow): ApprovalDecided {
  if (state === 'pending') throw new Error(`Approval ${id} is not decided.`);
  const { message, arguments: args, answer } = decision ?? {};
  return {
    approval_id: id,
    tool_call_id,
    name,
    state,
    decided_by,
    ...(message !== undefined && { message }),
    ...(args !== undefined && { arguments: args }),
    ...(answer !== undefined && { answer }),
  };
}

export function approvalNotFound(id: string): TroupeError {
  return new TroupeError({ code: 'approval_not_found', fault: 'caller', message: `There is no approval ${id}.` });
}
