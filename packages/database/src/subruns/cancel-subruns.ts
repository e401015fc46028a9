import type { EventId } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { cancelRun } from '../runs/cancel-run.js';

export interface CancelledSubrun {
  runId: string;
  /** Place of its `run.cancelled`; null: its worker ends it. */
  event: EventId | null;
}

const FIND_OPEN_SUBRUNS = {
  name: 'find-open-subruns',
  text: `WITH RECURSIVE under AS (
      SELECT id, tenant_id, finished_at FROM runs WHERE parent_run_id = $1
      UNION ALL
      SELECT runs.id, runs.tenant_id, runs.finished_at FROM under JOIN runs ON runs.parent_run_id = under.id
    )
    SELECT id, tenant_id FROM under WHERE finished_at IS NULL`,
};

/** With those below them, which at the next look would be left too. */
const FIND_LEFT_SUBRUNS = {
  name: 'find-left-subruns',
  text: `WITH RECURSIVE left_alone AS (
      (SELECT sub.id, sub.tenant_id FROM runs AS sub LEFT JOIN runs AS parent ON parent.id = sub.parent_run_id
        WHERE sub.parent_run_id IS NOT NULL AND sub.finished_at IS NULL AND sub.cancel_requested_at IS NULL
          AND (parent.id IS NULL OR parent.finished_at IS NOT NULL) LIMIT $1)
      UNION ALL
      SELECT runs.id, runs.tenant_id FROM left_alone JOIN runs ON runs.parent_run_id = left_alone.id
        WHERE runs.finished_at IS NULL AND runs.cancel_requested_at IS NULL
    )
    SELECT id, tenant_id FROM left_alone`,
};

/** Cancels every run below one that has ended: nobody waits for what they answer. */
export async function cancelSubruns(database: Queryable, parentRunId: string): Promise<CancelledSubrun[]> {
  return cancelAll(database, await database.query<OpenSubrun>(FIND_OPEN_SUBRUNS, [parentRunId]));
}

/** The same for all that have been left by the runs that called them. */
export async function cancelLeftSubruns(database: Queryable, limit: number): Promise<CancelledSubrun[]> {
  return cancelAll(database, await database.query<OpenSubrun>(FIND_LEFT_SUBRUNS, [limit]));
}

interface OpenSubrun {
  id: string;
  tenant_id: string;
}

async function cancelAll(database: Queryable, open: OpenSubrun[]): Promise<CancelledSubrun[]> {
  const cancelled: CancelledSubrun[] = [];
  for (const { id, tenant_id } of open) {
    const { event } = await cancelRun(database, tenant_id, id);
    cancelled.push({ runId: id, event });
  }
  return cancelled;
}
