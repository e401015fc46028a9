import type { BatchStatus, ModelId } from '@troupe/contracts';
import type { Queryable } from '../database.js';

/** A batch that this process holds: what it writes is fenced by the attempt. */
export interface ClaimedBatch {
  id: string;
  tenantId: string;
  apiKeyId: string | null;
  model: ModelId;
  status: BatchStatus;
  total: number;
  attempt: number;
  /** Of the claims before, without a success in between. */
  failures: number;
  /** Of the claims before, in a row, whose holder died. */
  lostClaims: number;
  cancelRequested: boolean;
  /** The provider's key of the last submission. */
  account: string | null;
  /** When a submission was about to be sent; null: none ever was, or it is known to have come to nothing. */
  intentAt: Date | null;
  providerBatchId: string | null;
  /** Since it was stored, and since the provider was known to have it; by the database's clock. */
  ageSeconds: number;
  submittedSeconds: number | null;
}

interface ClaimRow {
  id: string;
  tenant_id: string;
  api_key_id: string | null;
  model: string;
  status: BatchStatus;
  total: number;
  attempt: number;
  failures: number;
  lost_claims: number;
  cancel_requested: boolean;
  account: string | null;
  intent_at: Date | null;
  provider_batch_id: string | null;
  age_seconds: number;
  submitted_seconds: number | null;
}

const CLAIM_BATCH = {
  name: 'claim-batch',
  text: `UPDATE batches SET attempt = attempt + 1, lease_until = now() + make_interval(secs => $1),
      lost_claims = lost_claims + 1
    WHERE id = (
      SELECT id FROM batches
      WHERE status IN ('queued', 'submitted', 'in_progress') AND due_at <= now()
        AND (lease_until IS NULL OR lease_until < now())
      ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id, tenant_id, api_key_id, model, status, total, attempt, failures, lost_claims - 1 AS lost_claims,
      cancel_requested_at IS NOT NULL AS cancel_requested, account, intent_at, provider_batch_id,
      extract(epoch FROM now() - created_at)::float8 AS age_seconds,
      extract(epoch FROM now() - submitted_at)::float8 AS submitted_seconds`,
};
const RENEW_BATCH = {
  name: 'renew-batch',
  text: `UPDATE batches SET lease_until = now() + make_interval(secs => $3)
    WHERE id = $1 AND attempt = $2 AND ended_at IS NULL RETURNING id`,
};
const RELEASE_BATCH = {
  name: 'release-batch',
  text: `UPDATE batches SET lease_until = NULL, failures = $3, lost_claims = 0,
      due_at = CASE WHEN cancel_requested_at IS NOT NULL AND NOT $5 THEN now()
        ELSE now() + make_interval(secs => $4) END
    WHERE id = $1 AND attempt = $2 AND ended_at IS NULL RETURNING id`,
};

/** Takes the batch that has been due for longest and that nobody holds. */
export async function claimBatch(database: Queryable, leaseSeconds: number): Promise<ClaimedBatch | undefined> {
  const [row] = await database.query<ClaimRow>(CLAIM_BATCH, [leaseSeconds]);
  return (
    row && {
      id: row.id,
      tenantId: row.tenant_id,
      apiKeyId: row.api_key_id,
      model: row.model,
      status: row.status,
      total: row.total,
      attempt: row.attempt,
      failures: row.failures,
      lostClaims: row.lost_claims,
      cancelRequested: row.cancel_requested,
      account: row.account,
      intentAt: row.intent_at,
      providerBatchId: row.provider_batch_id,
      ageSeconds: row.age_seconds,
      submittedSeconds: row.submitted_seconds,
    }
  );
}

/** Names a claim: nothing is written for one that somebody else has taken over. */
export type HeldBatch = Pick<ClaimedBatch, 'id' | 'attempt'>;

/** False when the batch is no longer this attempt's. */
export async function renewBatch(
  database: Queryable,
  { id, attempt }: HeldBatch,
  leaseSeconds: number,
): Promise<boolean> {
  return (await database.query(RENEW_BATCH, [id, attempt, leaseSeconds])).length > 0;
}

/** Puts a batch back until it is due again; at once, when somebody asked for its end after it was claimed. */
export async function releaseBatch(
  database: Queryable,
  { id, attempt, cancelRequested }: HeldBatch & Pick<ClaimedBatch, 'cancelRequested'>,
  next: { failures: number; dueInSeconds: number },
): Promise<boolean> {
  const values = [id, attempt, next.failures, next.dueInSeconds, cancelRequested];
  return (await database.query(RELEASE_BATCH, values)).length > 0;
}
