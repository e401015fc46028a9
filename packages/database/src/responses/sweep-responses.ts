import type { Queryable } from '../database.js';
import { RESPONSE_KEPT_DAYS } from './kept-response.js';

/** Responses that one sweep takes: few, so that it never holds anything up. */
const BATCH = 200;

const SWEEP_RESPONSES = {
  name: 'sweep-responses',
  text: `WITH old AS (
      SELECT tenant_id, id FROM responses WHERE created_at < now() - interval '${RESPONSE_KEPT_DAYS} days'
      ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ),
    gone AS (
      DELETE FROM responses USING old WHERE responses.tenant_id = old.tenant_id AND responses.id = old.id RETURNING 1
    )
    SELECT count(*)::int AS count FROM gone`,
};

/** Forgets responses past their time, a small batch. True when there may be more. Any number may do it at once. */
export async function sweepResponses(database: Queryable): Promise<boolean> {
  const [swept] = await database.query<{ count: number }>(SWEEP_RESPONSES, [BATCH]);
  return swept?.count === BATCH;
}
