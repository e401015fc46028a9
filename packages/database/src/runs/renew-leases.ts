import type { Queryable } from '../database.js';
import { LOCKED_IN_ORDER } from './locked-in-order.js';

export interface HeldRun {
  runId: string;
  attempt: number;
}

export interface RenewedLease extends HeldRun {
  cancelRequested: boolean;
}

const RENEW_LEASES = {
  name: 'renew-leases',
  text: `WITH locked AS (
      SELECT id, attempt, status FROM runs WHERE id = ANY($1::uuid[]) ${LOCKED_IN_ORDER}
    )
    UPDATE runs SET lease_until = now() + make_interval(secs => $3)
    FROM locked JOIN unnest($1::uuid[], $2::int[]) AS held(id, attempt) USING (id, attempt)
    WHERE runs.id = locked.id AND locked.status = 'running'
    RETURNING runs.id, runs.attempt, runs.cancel_requested_at IS NOT NULL AS cancel_requested`,
};

/** Extends the leases of all runs that a worker holds, in one statement. Those that are missing in the answer are lost. */
export async function renewLeases(database: Queryable, held: HeldRun[], leaseSeconds: number): Promise<RenewedLease[]> {
  const rows = await database.query<{ id: string; attempt: number; cancel_requested: boolean }>(RENEW_LEASES, [
    held.map((run) => run.runId),
    held.map((run) => run.attempt),
    leaseSeconds,
  ]);
  return rows.map((row) => ({ runId: row.id, attempt: row.attempt, cancelRequested: row.cancel_requested }));
}
