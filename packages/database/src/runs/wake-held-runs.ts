import type { LimitKey } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { POLL_GRACE_SECONDS } from './poll-grace.js';

/** A run that was woken: what its ring says, and when. */
export interface WokenRun {
  runId: string;
  step: number;
  dispatch: number;
  /** Milliseconds from now. */
  wakeInMs: number;
}

export interface WakeHeldRunsInput extends Pick<LimitKey, 'provider' | 'model'> {
  /** Before the first of them wakes. Milliseconds. */
  afterMs: number;
}

/** Rows of one statement. */
const BATCH = 500;
/** Between two of them, so that thousands do not ask in one moment: those that must wait on go back to sleep. Milliseconds. */
const SPACING_MS = 20;

/**
 * Runs that wait for a limit of such a model sleep until the time that they were told. This lets them ask again sooner, in the
 * order in which they would have. A run that may ask other models too is woken with them: which of them holds it is in no column.
 */
const WAKE_HELD_RUNS = {
  name: 'wake-held-runs',
  text: `WITH sleeping AS (
      SELECT id, next_wake_at FROM runs
      WHERE status = 'queued' AND wait_kind = 'rate_limit' AND paused_at IS NULL AND NOT blocked
        AND next_wake_at > now() + make_interval(secs => $3::float8) AND (next_wake_at, id) > ($6::timestamptz, $7::uuid)
        AND (
          CASE WHEN $2::boolean THEN starts_with(model, $1) ELSE model = $1 END OR options ? 'fallback_models'
          OR EXISTS (SELECT FROM agent_versions WHERE agent_versions.agent_id = runs.agent_id
            AND version = agent_version AND configuration ?| '{routing,fallback_models}')
        )
      ORDER BY next_wake_at, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
    ),
    placed AS (
      SELECT id, next_wake_at, $3::float8 + ($4::int + row_number() OVER (ORDER BY next_wake_at, id) - 1) * $5::float8 AS after FROM sleeping
    ),
    woken AS (
      UPDATE runs SET next_wake_at = now() + make_interval(secs => after), dispatch = dispatch + 1
      FROM placed WHERE runs.id = placed.id AND runs.next_wake_at > now() + make_interval(secs => after)
      RETURNING runs.id, step, dispatch
    )
    SELECT placed.id, placed.next_wake_at::text AS slept_until, woken.step, woken.dispatch,
      (placed.after - ${POLL_GRACE_SECONDS}) * 1000 AS wake_in_ms
    FROM placed LEFT JOIN woken ON woken.id = placed.id ORDER BY placed.next_wake_at, placed.id`,
};

interface Row {
  id: string;
  slept_until: string;
  /** Null: it wakes soon enough. */
  step: number | null;
  dispatch: number | null;
  wake_in_ms: number;
}

/** In batches, for as long as anybody reads them: each is stored before it is given out. In the order in which they wake. */
export async function* wakeHeldRuns(database: Queryable, input: WakeHeldRunsInput): AsyncGenerator<WokenRun[]> {
  const { provider, model, afterMs } = input;
  const isPattern = model.endsWith('*');
  const name = `${provider}/${isPattern ? model.slice(0, -1) : model}`;
  let last = { slept_until: '-infinity', id: '00000000-0000-0000-0000-000000000000' };
  for (let seen = 0; ; seen += BATCH) {
    const after = afterMs / 1_000 + POLL_GRACE_SECONDS;
    const values = [name, isPattern, after, seen, SPACING_MS / 1_000, last.slept_until, last.id];
    const rows = await database.query<Row>(WAKE_HELD_RUNS, values);
    const woken = rows.flatMap(({ id, step, dispatch, wake_in_ms }) =>
      step === null || dispatch === null ? [] : [{ runId: id, step, dispatch, wakeInMs: wake_in_ms }],
    );
    if (woken.length > 0) yield woken;
    last = rows.at(-1) ?? last;
    if (rows.length < BATCH) return;
  }
}
