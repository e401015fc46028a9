import type { Queryable } from '../database.js';
import type { AcceptedRunRow, AcceptRunInput } from './accept-run-input.js';
import { MAX_UNREAD_MESSAGES } from './waiting-line.js';

/**
 * Under the lock of the run's row, as its end is: either the run takes the message and cannot complete before it has read
 * it, or it has ended and takes nothing. The key is stored under the same lock.
 */
const STEER_RUN = {
  name: 'steer-run',
  text: `WITH active AS (
      SELECT id FROM runs
      WHERE thread_id = $2 AND tenant_id = $1 AND status IN ('queued', 'running', 'waiting') AND NOT blocked
        AND cancel_requested_at IS NULL AND jsonb_array_length(steering) < ${MAX_UNREAD_MESSAGES}
      FOR UPDATE
    ),
    idempotency AS (
      INSERT INTO idempotency_keys (tenant_id, endpoint, key, request_hash, run_id)
      SELECT $1, $4, $5, $6, active.id FROM active WHERE $5::text IS NOT NULL
      ON CONFLICT DO NOTHING RETURNING key
    )
    UPDATE runs SET steering = steering || jsonb_build_array(jsonb_build_object('content', $3::jsonb))
    FROM active WHERE runs.id = active.id AND ($5::text IS NULL OR EXISTS (SELECT FROM idempotency))
    RETURNING runs.id, runs.thread_id, runs.agent, runs.model`,
};

/** Gives the message to the run that works on the thread; undefined when none takes it. */
export async function steerRun(
  database: Queryable,
  { tenantId, content, idempotency }: AcceptRunInput,
  threadId: string,
): Promise<AcceptedRunRow | undefined> {
  const [row] = await database.query<{ id: string; thread_id: string; agent: string; model: string }>(STEER_RUN, [
    tenantId,
    threadId,
    JSON.stringify(content),
    idempotency?.endpoint ?? null,
    idempotency?.key ?? null,
    idempotency?.requestHash ?? null,
  ]);
  if (!row) return undefined;
  const { id: runId, agent, model } = row;
  return { runId, threadId: row.thread_id, agent, model, replayed: false, steered: true, wait: null };
}
