import type { Queryable } from '../database.js';
import { keyInUse, keyReused, outcomeUnknown } from './idempotency-errors.js';
import type { IdempotentRequest, StoredAnswer } from './idempotent-request.js';
import { KEPT_HOURS } from './kept-hours.js';

const READ_IDEMPOTENT_ANSWER = {
  name: 'read-idempotent-answer',
  text: `SELECT request_hash, status, location, body, lease_until > now() AS in_flight FROM idempotent_answers
    WHERE tenant_id = $1 AND endpoint = $2 AND key = $3 AND created_at > now() - interval '${KEPT_HOURS} hours'`,
};

interface AnswerRow {
  request_hash: string;
  status: number | null;
  location: string | null;
  body: string | null;
  in_flight: boolean | null;
}

/**
 * What the first request with this key was answered; undefined when there was none.
 * @throws TroupeError `idempotency_key_reused`, `idempotency_key_in_use` while a reservation holds,
 * `idempotency_outcome_unknown` when its holder is gone.
 */
export async function readAnswer(database: Queryable, request: IdempotentRequest): Promise<StoredAnswer | undefined> {
  const values = [request.tenantId, request.endpoint, request.key];
  const [row] = await database.query<AnswerRow>(READ_IDEMPOTENT_ANSWER, values);
  if (!row) return undefined;
  if (row.request_hash !== request.requestHash) throw keyReused();
  const { status, location, body } = row;
  if (status !== null) return { status, location, body };
  throw row.in_flight ? keyInUse() : outcomeUnknown();
}
