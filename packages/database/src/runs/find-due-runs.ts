import type { Queryable } from '../database.js';

/**
 * Runs that nobody works on though somebody should: queued past their grace (the job was lost, or Redis is away) or with
 * a lease that is over (the worker died). Whoever finds them claims them; two finders are harmless.
 */
const FIND_DUE_RUNS = {
  name: 'find-due-runs',
  text: `(SELECT id FROM runs WHERE status = 'queued' AND next_wake_at < now() - make_interval(secs => $3) AND paused_at IS NULL AND NOT blocked
      ORDER BY next_wake_at LIMIT $1)
    UNION ALL
    (SELECT id FROM runs WHERE status = 'running' AND lease_until < now() AND $2 ORDER BY lease_until LIMIT $1)`,
};

const FIND_OVERDUE_RUNS = {
  name: 'find-overdue-runs',
  text: `SELECT id FROM runs WHERE status IN ('queued', 'waiting') AND deadline_at < now() AND paused_at IS NULL
    AND awaiting_since IS NULL AND NOT EXISTS (
      WITH RECURSIVE under AS (
        SELECT sub.id, sub.awaiting_since FROM runs AS sub WHERE sub.parent_run_id = runs.id AND sub.finished_at IS NULL
        UNION ALL
        SELECT sub.id, sub.awaiting_since FROM under JOIN runs AS sub ON sub.parent_run_id = under.id
        WHERE sub.finished_at IS NULL
      )
      SELECT FROM under WHERE awaiting_since IS NOT NULL
    ) LIMIT $1`,
};

const FIND_CANCELLED_RUNS = {
  name: 'find-cancelled-runs',
  text: `SELECT id FROM runs WHERE status IN ('queued', 'waiting') AND cancel_requested_at IS NOT NULL LIMIT $1`,
};

export interface DueRunsQuery {
  limit: number;
  /** Whether runs of workers that gave no sign of life are looked for too. */
  takeOver: boolean;
  /** Only those that have been due for longer than this. */
  overdueSeconds?: number;
}

/** The longest due first. */
export async function findDueRuns(
  database: Queryable,
  { limit, takeOver, overdueSeconds = 0 }: DueRunsQuery,
): Promise<string[]> {
  return (await database.query<{ id: string }>(FIND_DUE_RUNS, [limit, takeOver, overdueSeconds])).map((row) => row.id);
}

/** Parked runs whose deadline has passed; that of one which rests, or waits for people itself or through another, stands still. */
export async function findOverdueRuns(database: Queryable, limit: number): Promise<string[]> {
  return (await database.query<{ id: string }>(FIND_OVERDUE_RUNS, [limit])).map((row) => row.id);
}

/** Parked runs that somebody cancelled while they ran, and whose worker died before it could end them. */
export async function findCancelledRuns(database: Queryable, limit: number): Promise<string[]> {
  return (await database.query<{ id: string }>(FIND_CANCELLED_RUNS, [limit])).map((row) => row.id);
}
