import type { Queryable } from '../database.js';

export interface HeldRun {
  runId: string;
  attempt: number;
}

export interface RenewedLease extends HeldRun {
  cancelRequested: boolean;
}

const RENEW_LEASES = {
  name: 'renew-leases',
  text: `UPDATE runs SET lease_until = now() + make_interval(secs => $3)
    FROM unnest($1::uuid[], $2::int[]) AS held(id, attempt)
    WHERE runs.id = held.id AND runs.attempt = held.attempt AND runs.status = 'running'
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
