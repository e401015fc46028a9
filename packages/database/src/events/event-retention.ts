import type { Queryable } from '../database.js';

/**
 * Logs in the order of their runs' ids, which is that of acceptance, so that old ones come first without an index of
 * their own. Whoever has the lock removes; the others have nothing to do meanwhile. Logs whose run is gone go too.
 */
const TRIM_EVENTS = {
  name: 'trim-events',
  text: `WITH RECURSIVE turn AS (
      SELECT pg_try_advisory_xact_lock(7261005) AS mine
    ),
    logs AS (
      (SELECT run_id FROM run_events, turn WHERE mine AND run_id > $1::uuid ORDER BY run_id LIMIT 1)
      UNION ALL
      SELECT (SELECT run_id FROM run_events WHERE run_id > logs.run_id ORDER BY run_id LIMIT 1)
      FROM logs WHERE logs.run_id IS NOT NULL
    ),
    looked_at AS (
      SELECT logs.run_id, runs.id IS NULL AS orphaned, runs.finished_at, runs.created_at
      FROM (SELECT run_id FROM logs LIMIT $2) AS logs LEFT JOIN runs ON runs.id = logs.run_id
      WHERE logs.run_id IS NOT NULL
    ),
    removed AS (
      DELETE FROM run_events USING looked_at
      WHERE run_events.run_id = looked_at.run_id AND (orphaned OR finished_at < now() - make_interval(secs => $3))
      RETURNING run_events.run_id
    )
    SELECT run_id AS last, (SELECT count(DISTINCT run_id) FROM removed)::int AS removed,
      (SELECT count(*) FROM looked_at)::int AS looked_at,
      coalesce(created_at > now() - make_interval(secs => $3), false) AS young
    FROM looked_at ORDER BY run_id DESC LIMIT 1`,
};

const BEGINNING = '00000000-0000-0000-0000-000000000000';
/** Logs looked at by one statement. */
const BATCH = 200;

export interface EventRetentionOptions {
  database: Queryable;
  /** How long the events of a run are kept after its end. */
  hours: number;
}

/** Removes the events of runs that ended long ago; their readers get `stream.reset` instead. */
export class EventRetention {
  readonly #options: EventRetentionOptions;
  /** Logs up to here were looked at in this round, so that those of runs that go on for long hold up nothing. */
  #after = BEGINNING;

  constructor(options: EventRetentionOptions) {
    this.#options = options;
  }

  /** Looks at the next few logs. `more`: there may be others as old, so look again soon. */
  async trim(): Promise<{ removed: number; more: boolean }> {
    const values = [this.#after, BATCH, this.#options.hours * 3_600];
    const [row] = await this.#options.database.query<{
      last: string;
      removed: number;
      looked_at: number;
      young: boolean;
    }>(TRIM_EVENTS, values);
    const more = row !== undefined && row.looked_at === BATCH && !row.young;
    this.#after = more ? row.last : BEGINNING;
    return { removed: row?.removed ?? 0, more };
  }
}
