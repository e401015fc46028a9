import type { Queryable } from '../database.js';

/** How many runs wait for a worker. */
export interface QueuedRuns {
  all: number;
  /** By tenant; a tenant without any is absent. */
  byTenant: ReadonlyMap<string, number>;
}

/** Reads an index of the queued rows only, so it costs what waits and not what was ever stored. */
const COUNT_QUEUED_RUNS = {
  name: 'count-queued-runs',
  text: `SELECT tenant_id, count(*)::int AS count
    FROM (SELECT tenant_id FROM runs WHERE status = 'queued' LIMIT $1) AS queued GROUP BY tenant_id`,
};

/** Counts up to `limit` rows in all: who only asks whether there are too many need not know how many more there are. */
export async function countQueuedRuns(database: Queryable, limit: number): Promise<QueuedRuns> {
  const rows = await database.query<{ tenant_id: string; count: number }>(COUNT_QUEUED_RUNS, [limit]);
  return {
    all: rows.reduce((sum, { count }) => sum + count, 0),
    byTenant: new Map(rows.map(({ tenant_id, count }) => [tenant_id, count])),
  };
}
