import { type ErrorBody, TroupeError } from '@troupe/contracts';
import { type BatchEnd, type ClaimedBatch, callLedgerId, finishBatch, releaseBatch } from '@troupe/database';
import type { BatchProvider, ProviderBatch } from '@troupe/spec';
import type { AdvanceBatchOptions } from './advance-batch-options.js';
import { type HeldBatchLease } from './held-batch-lease.js';

/** A claimed batch with everything that the work on it needs. */
export interface BatchInHand {
  batch: ClaimedBatch;
  provider: BatchProvider;
  lease: HeldBatchLease;
  /** Aborts when the lease is lost or the worker stops. */
  signal: AbortSignal;
}

/** The reservation of a batch's money: no ledger row has this id, those of its requests do. */
export function reservationOf(batchId: string): string {
  return callLedgerId(batchId, 0);
}

/** What the rest of the batches of an ending looks like. */
const RESTS: Record<BatchEnd['status'], BatchEnd['rest']['status']> = {
  completed: 'failed',
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'expired',
};

const NO_RESULT: ErrorBody = {
  code: 'provider_bad_response',
  fault: 'upstream',
  message: 'The provider gave no result for this request. Send it again in another batch.',
  retryable: true,
};

/** Ends a batch. Items without a result share its fate. */
export async function endBatch(
  { database, logger }: AdvanceBatchOptions,
  batch: ClaimedBatch,
  status: BatchEnd['status'],
  cause?: unknown,
): Promise<void> {
  const error = status === 'failed' ? TroupeError.bodyOf(cause) : null;
  const rest = RESTS[status];
  const ended = await finishBatch(database, batch, {
    status,
    error,
    rest: { status: rest, error: rest === 'failed' ? (error ?? NO_RESULT) : null },
    callId: reservationOf(batch.id),
  });
  if (!ended) return;
  if (status === 'failed') logger.warn({ err: cause, batch: batch.id }, 'a batch failed');
  else logger.info({ batch: batch.id, status }, 'a batch ended');
}

/** Puts a batch back for its next look. */
export async function putBack(
  { database }: AdvanceBatchOptions,
  batch: ClaimedBatch,
  dueInSeconds: number,
  failures = 0,
): Promise<void> {
  await releaseBatch(database, batch, { failures, dueInSeconds });
}

/** What the provider calls it. Undefined while nobody knows whether it has it. */
export function providerBatchOf({ providerBatchId, account }: ClaimedBatch): ProviderBatch | undefined {
  if (providerBatchId === null || account === null) return undefined;
  return { id: providerBatchId, account };
}
