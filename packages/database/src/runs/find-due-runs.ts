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
  text: `SELECT id FROM runs WHERE status IN ('queued', 'waiting') AND deadline_at < now() AND paused_at IS NULL LIMIT $1`,
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

/** Parked runs whose deadline has passed; that of a paused one moves when it is resumed. */
export async function findOverdueRuns(database: Queryable, limit: number): Promise<string[]> {
  return (await database.query<{ id: string }>(FIND_OVERDUE_RUNS, [limit])).map((row) => row.id);
}
