import type { Run, RunStatus, StopReason } from '@troupe/contracts';
import type { Queryable, Statement } from '../database.js';
import { RUN_COLUMNS, type RunRow, runFromRow } from './run-row.js';

export interface RunFilter {
  tenantId: string;
  /** As runs show it: one that is paused or between two tries is `waiting`. */
  status: RunStatus | null;
  stopReason: StopReason | null;
  /** Slug of the agent. */
  agent: string | null;
}

/** Whether a row is in the state that it shows; the same rule as `runFromRow`, where the database can use it. */
const STORED_STATES: Record<RunStatus, string> = {
  queued: `status = 'queued' AND paused_at IS NULL AND wait_kind IS NULL`,
  running: `status = 'running'`,
  waiting: `(status = 'waiting' OR (status = 'queued' AND (paused_at IS NOT NULL OR wait_kind IS NOT NULL)))`,
  completed: `status = 'completed'`,
  failed: `status = 'failed'`,
  cancelled: `status = 'cancelled'`,
  expired: `status = 'expired'`,
};

/** Active runs are few, and so are those that did not complete: each has an index, which a parameter could not choose. */
const INDEXES: Partial<Record<RunStatus, string>> = {
  queued: `status IN ('queued', 'running', 'waiting')`,
  running: `status IN ('queued', 'running', 'waiting')`,
  waiting: `status IN ('queued', 'running', 'waiting')`,
  failed: `status IN ('failed', 'cancelled', 'expired')`,
  cancelled: `status IN ('failed', 'cancelled', 'expired')`,
  expired: `status IN ('failed', 'cancelled', 'expired')`,
};

function listRunsWhere(status: RunStatus | null): Statement {
  const conditions = status === null ? [] : [STORED_STATES[status], INDEXES[status] ?? 'true'];
  return {
    name: `list-runs-${status ?? 'all'}`,
    text: `SELECT ${RUN_COLUMNS} FROM runs
      WHERE ${['tenant_id = $1', ...conditions].join(' AND ')}
        AND ($2::text IS NULL OR stop_reason = $2) AND ($3::text IS NULL OR agent = $3)
        AND ($4::uuid IS NULL OR id < $4)
      ORDER BY id DESC LIMIT $5`,
  };
}

/** Runs of a tenant, newest first, older than the cursor. */
export async function listRuns(
  database: Queryable,
  { tenantId, status, stopReason, agent }: RunFilter,
  page: { before: string | null; limit: number },
): Promise<Run[]> {
  const values = [tenantId, stopReason, agent, page.before, page.limit];
  return (await database.query<RunRow>(listRunsWhere(status), values)).map(runFromRow);
}
