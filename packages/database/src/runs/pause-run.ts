import { type EventId, type RunStatus, TroupeError } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { POLL_GRACE_SECONDS } from './poll-grace.js';
import { runNotFound } from './read-run.js';

/**
 * Where the event of a run that nobody holds stands. After a finished step it follows the last one. After an attempt
 * that broke off it opens an attempt of its own, behind everything that was sent: the next restart withdraws it with the rest.
 */
const PLACE = `
  attempt = CASE WHEN status <> 'running' AND claims > 0 THEN attempt + 1 ELSE attempt END,
  event_n = CASE WHEN status <> 'running' AND claims = 0 THEN event_n + 1 ELSE event_n END`;

const EVENT = `
  resting AS (
    SELECT id, attempt, CASE WHEN claims = 0 THEN event_n ELSE 1 END AS n FROM paused WHERE status <> 'running'
  ),
  event AS (
    INSERT INTO run_events (run_id, attempt, n, first_n, events)
    SELECT id, attempt, n, n, '[{"type": "run.waiting", "data": {"kind": "pause"}}]'::jsonb FROM resting
  )`;

const PAUSE_RUN = {
  name: 'pause-run',
  text: `WITH paused AS (
      UPDATE runs SET paused_at = now(), ${PLACE}
      WHERE id = $1 AND tenant_id = $2 AND paused_at IS NULL AND status IN ('queued', 'running', 'waiting')
      RETURNING id, status, attempt, claims, event_n
    ), ${EVENT}
    SELECT attempt, n FROM paused LEFT JOIN resting USING (id, attempt)`,
};

/** The same event, for a run that was running when it was paused and has now been laid down. */
const REST_PAUSED_RUN = {
  name: 'rest-paused-run',
  text: `WITH paused AS (
      UPDATE runs SET ${PLACE}
      WHERE id = $1 AND attempt = $2 AND paused_at IS NOT NULL AND status IN ('queued', 'waiting')
      RETURNING id, status, attempt, claims, event_n
    ), ${EVENT}
    SELECT attempt, n FROM resting`,
};

const RESUME_RUN = {
  name: 'resume-run',
  text: `WITH resumed AS (
      UPDATE runs SET paused_at = NULL,
        deadline_at = CASE WHEN status = 'running' OR awaiting_since IS NOT NULL THEN deadline_at
          ELSE deadline_at + (now() - paused_at) END,
        awaiting_since = least(awaiting_since, CASE WHEN awaiting_since IS NOT NULL THEN paused_at END),
        next_wake_at = greatest(next_wake_at, now() + interval '${POLL_GRACE_SECONDS} seconds'),
        dispatch = CASE status WHEN 'running' THEN dispatch ELSE dispatch + 1 END
      WHERE id = $1 AND tenant_id = $2 AND paused_at IS NOT NULL AND status IN ('queued', 'running', 'waiting')
      RETURNING id, status, step, dispatch, next_wake_at
    ),
    calls AS (
      UPDATE tool_calls SET lease_until = now() + interval '${POLL_GRACE_SECONDS} seconds'
      FROM resumed WHERE run_id = resumed.id AND state = 'prepared' RETURNING tool_calls.id
    )
    SELECT status, step, dispatch,
      (extract(epoch FROM next_wake_at - now()) - ${POLL_GRACE_SECONDS}) * 1000 AS wake_in_ms,
      coalesce((SELECT array_agg(calls.id) FROM calls), '{}') AS prepared
    FROM resumed`,
};

const READ_STATE = {
  name: 'read-run-state',
  text: 'SELECT status FROM runs WHERE id = $1 AND tenant_id = $2',
};

/**
 * Lets a run rest: it starts no model turn and no tool call until it is resumed. What is under way ends first. Pausing
 * a paused run changes nothing.
 * @returns the place of the event where the run rests at once
 * @throws TroupeError `run_not_found`, `run_terminal`
 */
export async function pauseRun(database: Queryable, tenantId: string, runId: string): Promise<EventId | undefined> {
  const [row] = await database.query<{ attempt: number; n: number | null }>(PAUSE_RUN, [runId, tenantId]);
  if (!row) await refuseEnded(database, tenantId, runId, 'paused');
  return row && row.n !== null ? { attempt: row.attempt, n: row.n } : undefined;
}

/** Tells the log that a run rests which was paused during its turn. Undefined when it was resumed meanwhile. */
export async function restPausedRun(database: Queryable, runId: string, attempt: number): Promise<EventId | undefined> {
  const [row] = await database.query<EventId>(REST_PAUSED_RUN, [runId, attempt]);
  return row && { attempt: row.attempt, n: row.n };
}

/** What is to be rung for a run that was resumed. */
export interface ResumedRun {
  /** Set where a model turn is next. */
  turn: { step: number; dispatch: number; wakeInMs: number } | null;
  /** Calls that are still to be sent, and the number of their ring. */
  toolCalls: { ids: string[]; dispatch: number };
}

/**
 * Ends a pause; the deadline moves by the time that it took. Undefined when the run was not paused.
 * @throws TroupeError `run_not_found`, `run_terminal`
 */
export async function resumeRun(database: Queryable, tenantId: string, runId: string): Promise<ResumedRun | undefined> {
  const [row] = await database.query<{
    status: RunStatus;
    step: number;
    dispatch: number;
    wake_in_ms: string;
    prepared: string[];
  }>(RESUME_RUN, [runId, tenantId]);
  if (!row) {
    await refuseEnded(database, tenantId, runId, 'resumed');
    return undefined;
  }
  const { step, dispatch } = row;
  const wakeInMs = Math.max(0, Number(row.wake_in_ms));
  return {
    turn: row.status === 'queued' ? { step, dispatch, wakeInMs } : null,
    toolCalls: { ids: row.prepared, dispatch },
  };
}

async function refuseEnded(database: Queryable, tenantId: string, runId: string, what: string): Promise<void> {
  const [row] = await database.query<{ status: RunStatus }>(READ_STATE, [runId, tenantId]);
  if (!row) throw runNotFound(runId);
  if (row.status === 'queued' || row.status === 'running' || row.status === 'waiting') return;
  throw new TroupeError({
    code: 'run_terminal',
    fault: 'caller',
    message: `Run ${runId} has ended (${row.status}), so it cannot be ${what}.`,
    details: { run_id: runId },
  });
}
