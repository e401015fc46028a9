import { type NewBatchResult, recordBatchProgress, storeBatchResults, withdrawSubmission } from '@troupe/database';
import type { BatchStatus, ProviderBatch } from '@troupe/spec';
import type { AdvanceBatchOptions } from './advance-batch-options.js';
import { type BatchInHand, endBatch, putBack } from './batch-in-hand.js';
import { pollPause } from './batch-timing.js';
import { BatchLost } from './held-batch-lease.js';
import { positionOf, storedBatchResult } from './stored-batch-result.js';

/** Results that one statement stores. */
const CHUNK = 100;

/** Looks at a batch that its provider has: notes how far it is, or stores its results and ends it. */
export async function followBatch(options: AdvanceBatchOptions, hand: BatchInHand, at: ProviderBatch): Promise<void> {
  const { batch, provider, signal } = hand;
  const { database, timing } = options;
  if (batch.cancelRequested) await provider.cancel(at, signal);
  const status = await provider.status(at, signal);
  switch (status.state) {
    case 'validating':
    case 'in_progress': {
      const state = status.state === 'validating' ? 'submitted' : 'in_progress';
      if (!(await recordBatchProgress(database, batch, { status: state, ...status.counts }))) throw new BatchLost();
      // Whoever cancels a batch wants to see its end.
      const age = batch.cancelRequested ? 0 : (batch.submittedSeconds ?? 0);
      return putBack(options, batch, pollPause(age, timing));
    }
    case 'failed':
      return failed(options, hand, status);
    default:
      await storeResults(options, hand, at);
      return endBatch(options, batch, status.state);
  }
}

/** One that may be submitted again waits for that: OpenAI refuses batches while too many tokens are queued. */
async function failed(options: AdvanceBatchOptions, { batch }: BatchInHand, { error }: BatchStatus): Promise<void> {
  const { database, timing, logger } = options;
  const inTime = batch.ageSeconds <= timing.submitWithinSeconds;
  if (!error?.retryable || !inTime || batch.cancelRequested) return endBatch(options, batch, 'failed', error);
  if (!(await withdrawSubmission(database, batch))) throw new BatchLost();
  logger.warn({ err: error, batch: batch.id }, 'a batch was not taken for now, and is submitted again later');
  await putBack(options, batch, timing.longestPollSeconds);
}

/** From the first to the last, however many were stored before: those change nothing. */
async function storeResults(
  { database, prices, logger }: AdvanceBatchOptions,
  { batch, provider, signal }: BatchInHand,
  at: ProviderBatch,
): Promise<void> {
  const priced = { id: batch.id, model: batch.model, prices };
  let chunk: NewBatchResult[] = [];
  const store = async () => {
    if (chunk.length > 0 && !(await storeBatchResults(database, batch, chunk))) throw new BatchLost();
    chunk = [];
  };
  for await (const result of provider.results(at, signal)) {
    const position = positionOf(result.customId);
    if (position === undefined) {
      logger.warn({ batch: batch.id, custom_id: result.customId }, 'a result of a request that was not sent');
      continue;
    }
    chunk.push(storedBatchResult(result, position, priced));
    if (chunk.length >= CHUNK) await store();
  }
  await store();
}
