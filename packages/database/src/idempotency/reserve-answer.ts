import type { Queryable } from '../database.js';
import { keyInUse } from './idempotency-errors.js';
import type { IdempotentRequest, StoredAnswer } from './idempotent-request.js';
import { KEPT_HOURS } from './kept-hours.js';
import { readAnswer } from './read-answer.js';

/** A reservation whose holder gives no sign of life for so long belongs to a process that died. Seconds. */
export const RESERVATION_SECONDS = 30;

const RESERVE = {
  name: 'reserve-idempotent-answer',
  text: `INSERT INTO idempotent_answers (tenant_id, endpoint, key, request_hash, lease_until)
    VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
    ON CONFLICT (tenant_id, endpoint, key) DO UPDATE SET request_hash = excluded.request_hash, status = NULL,
      location = NULL, body = NULL, lease_until = excluded.lease_until, created_at = now()
    WHERE idempotent_answers.created_at <= now() - interval '${KEPT_HOURS} hours'
    RETURNING key`,
};
const RENEW = {
  name: 'renew-idempotent-reservation',
  text: `UPDATE idempotent_answers SET lease_until = now() + make_interval(secs => $4)
    WHERE tenant_id = $1 AND endpoint = $2 AND key = $3 AND status IS NULL`,
};
const SETTLE = {
  name: 'settle-idempotent-reservation',
  text: `UPDATE idempotent_answers SET status = $4, location = $5, body = $6, lease_until = NULL
    WHERE tenant_id = $1 AND endpoint = $2 AND key = $3 AND status IS NULL`,
};
const RELEASE = {
  name: 'release-idempotent-reservation',
  text: `DELETE FROM idempotent_answers WHERE tenant_id = $1 AND endpoint = $2 AND key = $3 AND status IS NULL`,
};

/**
 * Takes a key for work that cannot be rolled back, such as a paid call: it is committed before the work begins. Undefined
 * when the key is the caller's now, who then renews it within RESERVATION_SECONDS and settles or releases it; the
 * first answer when there is one.
 * @throws TroupeError `idempotency_key_reused`, `idempotency_key_in_use`, and `idempotency_outcome_unknown` when the one who
 * held it died.
 */
export async function reserveAnswer(
  database: Queryable,
  request: IdempotentRequest,
): Promise<StoredAnswer | undefined> {
  const values = [...keyOf(request), request.requestHash, RESERVATION_SECONDS];
  const [reserved] = await database.query(RESERVE, values);
  if (reserved) return undefined;
  const stored = await readAnswer(database, request);
  // Released between the two statements: whoever sends it again may have it.
  if (!stored) throw keyInUse();
  return stored;
}

export async function renewReservation(database: Queryable, request: IdempotentRequest): Promise<void> {
  await database.query(RENEW, [...keyOf(request), RESERVATION_SECONDS]);
}

/** From now on the key is answered so. */
export async function settleReservation(
  database: Queryable,
  request: IdempotentRequest,
  { status, location, body }: StoredAnswer,
): Promise<void> {
  await database.query(SETTLE, [...keyOf(request), status, location, body]);
}

/** The work failed and its caller was told: the key is free for another try. */
export async function releaseReservation(database: Queryable, request: IdempotentRequest): Promise<void> {
  await database.query(RELEASE, keyOf(request));
}

function keyOf({ tenantId, endpoint, key }: IdempotentRequest): string[] {
  return [tenantId, endpoint, key];
}
