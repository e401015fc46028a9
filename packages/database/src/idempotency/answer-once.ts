import type { Database } from '../database.js';
import { keyInUse } from './idempotency-errors.js';
import type { IdempotentAnswer, IdempotentRequest, StoredAnswer } from './idempotent-request.js';
import { readAnswer } from './read-answer.js';

/** Held until the commit, and by nobody once a process or its connection is gone. A collision costs a retry. */
const LOCK_IDEMPOTENCY_KEY = {
  name: 'lock-idempotency-key',
  text: `SELECT pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || $2 || ' ' || $3, 0)) AS locked`,
};

/** A key that is there already has outlived its time and was not yet swept. */
const STORE_ANSWER = {
  name: 'store-idempotent-answer',
  text: `INSERT INTO idempotent_answers (tenant_id, endpoint, key, request_hash, status, location, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (tenant_id, endpoint, key) DO UPDATE SET request_hash = excluded.request_hash,
      status = excluded.status, location = excluded.location, body = excluded.body, lease_until = NULL,
      created_at = now()`,
};

/**
 * Carries a request out once for its key. What `execute` does in the database and the answer it gives are committed
 * together, so there is no moment at which one exists without the other. An error of `execute` undoes everything and leaves
 * the key free. Not for what cannot be rolled back: that takes `reserveAnswer`.
 * @throws TroupeError `idempotency_key_reused`, `idempotency_key_in_use`, and what `execute` throws.
 */
export async function answerOnce(
  database: Database,
  request: IdempotentRequest,
  execute: () => Promise<StoredAnswer>,
): Promise<IdempotentAnswer> {
  const { tenantId, endpoint, key, requestHash } = request;
  return database.atomically(async () => {
    const [lock] = await database.query<{ locked: boolean }>(LOCK_IDEMPOTENCY_KEY, [tenantId, endpoint, key]);
    if (!lock?.locked) throw keyInUse();
    // A statement of its own: one that also takes the lock would look at the rows as they were before it had it.
    const stored = await readAnswer(database, request);
    if (stored) return { answer: stored, replayed: true };
    const answer = await execute();
    const values = [tenantId, endpoint, key, requestHash, answer.status, answer.location, answer.body];
    await database.query(STORE_ANSWER, values);
    return { answer, replayed: false };
  });
}
