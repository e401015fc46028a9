import type { FollowUpKind } from '@troupe/contracts';
import type { Queryable } from '../database.js';

/** What a job that names a tool call or a follow-up task does. */
export type JobKind = 'execute-tool' | FollowUpKind;

const FIND_JOB_KIND = {
  name: 'find-job-kind',
  text: `SELECT 'execute-tool' AS kind FROM tool_calls WHERE id = $1 AND tenant_id = $2
    UNION ALL SELECT kind FROM follow_up_tasks WHERE id = $1 AND tenant_id = $2`,
};

/** What the jobs of that tool call or follow-up task do; undefined when the tenant has neither. */
export async function findJobKind(database: Queryable, tenantId: string, id: string): Promise<JobKind | undefined> {
  const [row] = await database.query<{ kind: JobKind }>(FIND_JOB_KIND, [id, tenantId]);
  return row?.kind;
}
