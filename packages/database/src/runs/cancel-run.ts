import { type ErrorBody, newId, type RunStatus, type StopReason, TroupeError } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { runNotFound } from './read-run.js';
import { storeUnreadMessages } from './unread-messages.js';

export interface CancelOutcome {
  status: RunStatus;
  /** The attempt and number of the `run.cancelled` event when this call ended the run; a running one ends by its worker. */
  event: { attempt: number; n: number } | null;
  /** The thread, when others wait for it now that this call ended the run: `advanceThread` is due. */
  threadToAdvance: string | undefined;
}

/** A run that was ended while no worker held it. */
export interface EndedRun {
  /** Place of its last event. */
  attempt: number;
  n: number;
  threadToAdvance: string | undefined;
}

const END_PARKED_RUN = {
  name: 'end-parked-run',
  text: `WITH ended AS (
      UPDATE runs SET status = $3, stop_reason = $4, wait_kind = NULL, finished_at = now(), attempt = attempt + 1,
        event_attempt = attempt + 1, event_n = 1, pending_tool_calls = 0, pending_approvals = 0, pending_inputs = 0,
        awaiting_since = NULL, error = $6::jsonb,
        cancel_requested_at = CASE WHEN $3 = 'cancelled' THEN coalesce(cancel_requested_at, now()) END
      WHERE id = $1 AND tenant_id = coalesce($2, tenant_id) AND status IN ('queued', 'waiting')
      RETURNING id, tenant_id, thread_id, attempt, status, stop_reason, error, blocked, head_message_id, steering
    ), ${storeUnreadMessages('ended', '$5')},
    thread AS (
      UPDATE threads SET
        head_message_id = coalesce((SELECT id FROM unread ORDER BY n DESC LIMIT 1), threads.head_message_id),
        message_count = message_count + (SELECT count(*) FROM unread),
        active_run_id = CASE WHEN ended.blocked THEN active_run_id END,
        waiting_runs = waiting_runs - ended.blocked::integer
      FROM ended WHERE threads.id = ended.thread_id
      RETURNING threads.id, active_run_id, waiting_runs
    ),
    calls AS (
      UPDATE tool_calls SET finished_at = now(),
        state = CASE WHEN dispatches > 0 AND effect <> 'read' THEN 'unknown' ELSE 'cancelled' END
      FROM ended WHERE run_id = ended.id AND state IN ('prepared', 'awaiting')
    ),
    asked AS (
      UPDATE approvals SET state = 'cancelled', decided_at = now()
      FROM ended WHERE run_id = ended.id AND state = 'pending'
    ),
    event AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT id, attempt, 1, 1, jsonb_build_array(jsonb_build_object(
        'type', 'run.' || status, 'data', jsonb_build_object('run_id', id) || CASE WHEN error IS NULL THEN '{}'
          ELSE jsonb_build_object('stop_reason', stop_reason, 'error', error) END)) FROM ended
    )
    SELECT ended.attempt, CASE WHEN active_run_id IS NULL AND waiting_runs > 0 THEN thread.id END AS thread_to_advance
    FROM ended, thread`,
};

const REQUEST_CANCEL = {
  name: 'request-cancel',
  text: `UPDATE runs SET cancel_requested_at = coalesce(cancel_requested_at, now())
    WHERE id = $1 AND tenant_id = $2 AND status = 'running' RETURNING id`,
};

const READ_STATUS = { name: 'read-run-status', text: 'SELECT status FROM runs WHERE id = $1 AND tenant_id = $2' };

/** The status moves between two looks at most a few times; more means that something else is wrong. */
const MAX_LOOKS = 20;

/**
 * Ends a queued or waiting run at once; marks a running one for its worker, which sees it with its next heartbeat.
 * Cancelling a run that has ended changes nothing and tells how it ended.
 * @throws TroupeError `run_not_found`
 */
export async function cancelRun(database: Queryable, tenantId: string, runId: string): Promise<CancelOutcome> {
  for (let look = 0; look < MAX_LOOKS; look++) {
    const ended = await endParkedRun(database, runId, 'cancelled', tenantId);
    if (ended) {
      const { threadToAdvance, ...event } = ended;
      return { status: 'cancelled', event, threadToAdvance };
    }
    const [marked] = await database.query(REQUEST_CANCEL, [runId, tenantId]);
    if (marked) return { status: 'running', event: null, threadToAdvance: undefined };
    const [row] = await database.query<{ status: RunStatus }>(READ_STATUS, [runId, tenantId]);
    if (!row) throw runNotFound(runId);
    if (row.status !== 'queued' && row.status !== 'waiting' && row.status !== 'running') {
      return { status: row.status, event: null, threadToAdvance: undefined };
    }
  }
  throw new TroupeError({
    code: 'internal_error',
    fault: 'server',
    message: `Run ${runId} changed too often to be cancelled. Try again.`,
    retryable: true,
  });
}

/**
 * Ends a run that no worker holds. Its event opens a new attempt, so that it comes after everything that was ever sent.
 * Undefined when the run is running or has ended.
 */
export async function endParkedRun(
  database: Queryable,
  runId: string,
  status: 'cancelled' | 'expired',
  tenantId: string | null,
): Promise<EndedRun | undefined> {
  const stopReason = status === 'cancelled' ? 'cancelled' : 'deadline';
  return end(database, [runId, tenantId, status, stopReason, newId(), null]);
}

/** The same with an error, for a reason that no model or worker gave. */
export function failParkedRun(
  database: Queryable,
  runId: string,
  { stopReason, error }: { stopReason: StopReason; error: ErrorBody },
): Promise<EndedRun | undefined> {
  return end(database, [runId, null, 'failed', stopReason, newId(), JSON.stringify(error)]);
}

async function end(database: Queryable, values: unknown[]): Promise<EndedRun | undefined> {
  const [row] = await database.query<{ attempt: number; thread_to_advance: string | null }>(END_PARKED_RUN, values);
  return row && { attempt: row.attempt, n: 1, threadToAdvance: row.thread_to_advance ?? undefined };
}
