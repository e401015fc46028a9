import type { ModelRequest } from '@troupe/spec';
import type { Queryable } from '../database.js';
import type { HeldBatch } from './claim-batch.js';

const INTEND_SUBMISSION = {
  name: 'intend-submission',
  text: `UPDATE batches SET account = $3, intent_at = now()
    WHERE id = $1 AND attempt = $2 AND status = 'queued' RETURNING intent_at`,
};
const FORGET_INTENT = {
  name: 'forget-intent',
  text: `UPDATE batches SET intent_at = NULL WHERE id = $1 AND attempt = $2 AND status = 'queued' RETURNING id`,
};
const RECORD_SUBMISSION = {
  name: 'record-submission',
  text: `UPDATE batches SET provider_batch_id = $3, status = 'submitted', submitted_at = now(), failures = 0
    WHERE id = $1 AND attempt = $2 AND status = 'queued' RETURNING id`,
};
/** A batch that the provider refused as a whole, to be submitted again. */
const WITHDRAW_SUBMISSION = {
  name: 'withdraw-submission',
  text: `UPDATE batches SET provider_batch_id = NULL, status = 'queued', submitted_at = NULL
    WHERE id = $1 AND attempt = $2 AND status IN ('submitted', 'in_progress') RETURNING id`,
};
const OTHER_SUBMISSIONS = {
  name: 'other-submissions',
  text: `SELECT provider_batch_id FROM batches
    WHERE provider_batch_id IS NOT NULL AND id <> $1 AND submitted_at > $2::timestamptz - interval '1 hour'`,
};
/** Positions have no gaps, so a page is a range. */
const READ_BATCH_REQUESTS = {
  name: 'read-batch-requests',
  text: `SELECT position, request FROM batch_items
    WHERE batch_id = $1 AND position > $2::int AND position <= $2::int + $3::int ORDER BY position`,
};
const READ_SUBMITTED_ID = {
  name: 'read-submitted-id',
  text: 'SELECT provider_batch_id FROM batches WHERE id = $1',
};

/** Requests that one statement reads. */
const PAGE = 200;

/**
 * Notes that a submission is about to be sent, and with which key.
 * @returns when, by the database's clock; undefined when the batch is no longer this attempt's
 */
export async function intendSubmission(
  database: Queryable,
  { id, attempt }: HeldBatch,
  account: string,
): Promise<Date | undefined> {
  const [row] = await database.query<{ intent_at: Date }>(INTEND_SUBMISSION, [id, attempt, account]);
  return row?.intent_at;
}

/** The provider has said no: there is nothing to look for. False when the batch is no longer this attempt's. */
export async function forgetIntent(database: Queryable, { id, attempt }: HeldBatch): Promise<boolean> {
  return (await database.query(FORGET_INTENT, [id, attempt])).length > 0;
}

/** The provider has it. False when the batch is no longer this attempt's. */
export async function recordSubmission(
  database: Queryable,
  { id, attempt }: HeldBatch,
  providerBatchId: string,
): Promise<boolean> {
  return (await database.query(RECORD_SUBMISSION, [id, attempt, providerBatchId])).length > 0;
}

/** Nothing of it was worked on: it waits to be submitted again. */
export async function withdrawSubmission(database: Queryable, { id, attempt }: HeldBatch): Promise<boolean> {
  return (await database.query(WITHDRAW_SUBMISSION, [id, attempt])).length > 0;
}

/** What the provider calls other batches of about that time. */
export async function otherSubmissions(database: Queryable, id: string, since: Date): Promise<Set<string>> {
  const rows = await database.query<{ provider_batch_id: string }>(OTHER_SUBMISSIONS, [id, since]);
  return new Set(rows.map(({ provider_batch_id }) => provider_batch_id));
}

/** Which of the provider's batches it is known to be by now, whoever found out. */
export async function readSubmittedId(database: Queryable, id: string): Promise<string | null> {
  const [row] = await database.query<{ provider_batch_id: string | null }>(READ_SUBMITTED_ID, [id]);
  return row?.provider_batch_id ?? null;
}

/** All requests of a batch, in order, a page at a time. */
export async function* readBatchRequests(
  database: Queryable,
  batchId: string,
): AsyncGenerator<{ position: number; request: ModelRequest }, void> {
  for (let after = -1; ; ) {
    const rows = await database.query<{ position: number; request: ModelRequest }>(READ_BATCH_REQUESTS, [
      batchId,
      after,
      PAGE,
    ]);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.position;
  }
}
