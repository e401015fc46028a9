import type { Queryable } from '../database.js';
import { KEPT_HOURS } from './kept-hours.js';

/** Keys of each kind that one sweep takes: small, so that it never holds anything up. */
const BATCH = 500;

const SWEEP_IDEMPOTENCY_KEYS = {
  name: 'sweep-idempotency-keys',
  text: `WITH old_answers AS (
      SELECT tenant_id, endpoint, key FROM idempotent_answers
      WHERE created_at < now() - interval '${KEPT_HOURS} hours'
      ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ),
    answers AS (
      DELETE FROM idempotent_answers USING old_answers
      WHERE idempotent_answers.tenant_id = old_answers.tenant_id
        AND idempotent_answers.endpoint = old_answers.endpoint AND idempotent_answers.key = old_answers.key
      RETURNING 1
    ),
    old_keys AS (
      SELECT tenant_id, endpoint, key FROM idempotency_keys
      WHERE created_at < now() - interval '${KEPT_HOURS} hours'
      ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ),
    keys AS (
      DELETE FROM idempotency_keys USING old_keys
      WHERE idempotency_keys.tenant_id = old_keys.tenant_id
        AND idempotency_keys.endpoint = old_keys.endpoint AND idempotency_keys.key = old_keys.key
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM answers)::int AS answers, (SELECT count(*) FROM keys)::int AS keys`,
};

/** Forgets keys past their time, a small batch. True when there may be more. Any number may do it at once. */
export async function sweepIdempotencyKeys(database: Queryable): Promise<boolean> {
  const [swept] = await database.query<{ answers: number; keys: number }>(SWEEP_IDEMPOTENCY_KEYS, [BATCH]);
  return swept !== undefined && Math.max(swept.answers, swept.keys) === BATCH;
}
