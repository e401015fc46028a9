import type { Approval, ApprovalState } from '@troupe/contracts';
import type { CommandContext } from '../command-context.js';
import { excerptOf } from '../excerpt.js';
import { formatTable } from '../format-table.js';

export interface ListApprovalsOptions {
  state: ApprovalState;
  agent?: string;
  runId?: string;
  /** How many at most. */
  limit: number;
  json?: boolean;
}

/** `troupe approvals`: what waits for people. Returns the exit code. */
export async function listApprovals(
  { client, screen }: CommandContext,
  options: ListApprovalsOptions,
): Promise<number> {
  const { state, agent, runId, limit } = options;
  const { data, next_cursor } = await client.approvals.list({ state, agent, runId, limit });
  if (options.json) {
    screen.line(JSON.stringify(data));
    return 0;
  }
  const rows = data.map((approval) => [
    approval.id,
    approval.agent,
    whatIsAsked(approval),
    approval.roles.join(', ') || 'anybody',
    approval.expires_at,
  ]);
  for (const line of formatTable([['APPROVAL', 'AGENT', 'ASKS', 'ROLES', 'UNTIL'], ...rows])) screen.line(line);
  if (data.length === 0) screen.notice('Nothing.');
  if (next_cursor) screen.notice(`There are more; --limit ${Math.min(100, limit * 2)} shows more.`);
  return 0;
}

function whatIsAsked({ kind, name, question, arguments: args }: Approval): string {
  if (kind === 'input') return question ?? '';
  return `${name} ${excerptOf(args)}${question === null ? '' : ` (${question})`}`;
}
