import type { Queryable } from '../connection/queryable.js';

/** What is not done yet, over all tenants. */
export interface OpenWork {
  /** Runs by status and by what keeps them: null for those that only want a worker, or have one. */
  runs: { status: 'queued' | 'running' | 'waiting'; waitsFor: string | null; count: number }[];
  /** For how long the run that has wanted a worker longest has wanted it, in seconds; 0 when none does. */
  oldestDueSeconds: number;
  followUps: { kind: string; state: 'pending' | 'running'; count: number }[];
}

/** Reads indexes of unfinished rows only, so it costs what is open and not what was ever stored. */
const COUNT_RUNS = {
  name: 'count-open-runs',
  text: `SELECT status, wait_kind AS "waitsFor", count(*)::int AS count FROM runs
      WHERE status IN ('queued', 'running', 'waiting') AND NOT blocked GROUP BY status, wait_kind
    UNION ALL
    SELECT status, 'thread', count(*)::int FROM runs WHERE status = 'queued' AND blocked GROUP BY status`,
};

const OLDEST_DUE = {
  name: 'oldest-due-run',
  text: `SELECT coalesce(extract(epoch FROM now() - min(next_wake_at)), 0)::float8 AS seconds FROM runs
    WHERE status = 'queued' AND NOT blocked AND next_wake_at <= now()`,
};

const COUNT_FOLLOW_UPS = {
  name: 'count-open-follow-ups',
  text: `SELECT kind, state, count(*)::int AS count FROM follow_up_tasks
    WHERE state IN ('pending', 'running') GROUP BY kind, state`,
};

/** For the metrics of an operator. */
export async function countOpenWork(database: Queryable): Promise<OpenWork> {
  const runs = await database.query<OpenWork['runs'][number]>(COUNT_RUNS, []);
  const [oldest] = await database.query<{ seconds: number }>(OLDEST_DUE, []);
  const followUps = await database.query<OpenWork['followUps'][number]>(COUNT_FOLLOW_UPS, []);
  return { runs, oldestDueSeconds: oldest?.seconds ?? 0, followUps };
}
