import { TroupeError } from '@troupe/contracts';
import {
  type ClaimedBatch,
  forgetIntent,
  intendSubmission,
  otherSubmissions,
  readBatchRequests,
  readSubmittedId,
  recordSubmission,
} from '@troupe/database';
import type { BatchIntent, BatchRequest } from '@troupe/spec';
import type { AdvanceBatchOptions } from './advance-batch-options.js';
import { BatchCost } from './batch-cost.js';
import { type BatchInHand, endBatch, putBack, reservationOf } from './batch-in-hand.js';
import { pollPause, retryPause } from './batch-timing.js';
import { BatchLost } from './held-batch-lease.js';

/** Refusals that another key may not meet. */
const KEY_TROUBLE = new Set(['provider_authentication_failed', 'provider_quota_exceeded']);

/**
 * Brings a batch to its provider once. What is about to be sent is noted first; a batch with such a note is looked for at
 * the provider, and is sent only when it is not there.
 */
export async function submitBatch(options: AdvanceBatchOptions, hand: BatchInHand): Promise<void> {
  const { batch } = hand;
  const { timing } = options;
  if (batch.intentAt !== null && batch.account !== null) {
    const earlier = await lookForEarlier(options, hand, batch.account, batch.intentAt);
    if (earlier === 'taken') return putBack(options, batch, 0);
    if (earlier === 'unclear') return putBack(options, batch, pollPause(batch.ageSeconds, timing));
  }
  if (batch.cancelRequested) return endBatch(options, batch, 'cancelled');
  if (batch.ageSeconds > timing.submitWithinSeconds) return endBatch(options, batch, 'failed', notTaken());
  try {
    await send(options, hand);
  } catch (error) {
    await settleFailure(options, hand, error);
    return;
  }
  await putBack(options, batch, timing.firstPollSeconds);
}

async function lookForEarlier(
  { database, logger }: AdvanceBatchOptions,
  { batch, provider, signal }: BatchInHand,
  account: string,
  since: Date,
): Promise<'taken' | 'unclear' | 'absent'> {
  const others = await otherSubmissions(database, batch.id, since);
  const found = await provider.find(intentOf(batch, account, since), others, signal);
  if (found.state !== 'found') return found.state;
  const [first, ...doubles] = found.ids;
  if (!(await recordSubmission(database, batch, first))) throw new BatchLost();
  logger.info({ batch: batch.id, provider_batch: first }, 'a batch was found at its provider');
  for (const id of doubles) {
    logger.warn({ batch: batch.id, provider_batch: id }, 'a batch was submitted twice: the second is cancelled');
    await provider.cancel({ id, account }, signal);
  }
  return 'taken';
}

async function send(options: AdvanceBatchOptions, { batch, provider, lease, signal }: BatchInHand): Promise<void> {
  const { database, prices, budgets, logger } = options;
  const account = accountOf(batch, provider.accounts);
  const since = await intendSubmission(database, batch, account);
  if (since === undefined) throw new BatchLost();
  const cost = new BatchCost(prices, batch.model);
  const requests = async function* (): AsyncGenerator<BatchRequest, void> {
    for await (const { position, request } of readBatchRequests(database, batch.id)) {
      cost.add(request);
      yield { customId: String(position), request };
    }
  };
  const id = await provider.submit(requests(), {
    ...intentOf(batch, account, since),
    signal,
    beforePaying: async () => {
      const { tenantId, apiKeyId } = batch;
      await budgets.reserve({ tenantId, apiKeyId, callId: reservationOf(batch.id), amount: cost.amount });
      await lease.renew();
    },
  });
  if (await recordSubmission(database, batch, id)) return;
  // This process was away for longer than its lease, and another one has sent the batch or found this one.
  const known = await readSubmittedId(database, batch.id);
  if (known !== null && known !== id) {
    logger.warn({ batch: batch.id, provider_batch: id }, 'a batch was submitted twice: the second is cancelled');
    await provider.cancel({ id, account });
  }
  throw new BatchLost();
}

async function settleFailure(
  options: AdvanceBatchOptions,
  { batch, provider, signal }: BatchInHand,
  error: unknown,
): Promise<void> {
  const { timing, logger } = options;
  if (error instanceof BatchLost) throw error;
  const failures = batch.failures + 1;
  if (isRefusal(error) && !signal.aborted) {
    const nextKey = KEY_TROUBLE.has(error.code) && failures < provider.accounts.length;
    if (!nextKey) return endBatch(options, batch, 'failed', error);
    await forgetIntent(options.database, batch);
    return putBack(options, batch, 0, failures);
  }
  if (!signal.aborted) logger.warn({ err: error, batch: batch.id }, 'a batch could not be submitted for now');
  await putBack(options, batch, Math.max(timing.settleSeconds, retryPause(failures, timing)), failures);
}

/** Whether the provider, or a rule of ours, has said no: then nothing of the batch was taken. */
function isRefusal(error: unknown): error is TroupeError {
  if (!(error instanceof TroupeError) || error.retryable) return false;
  const status = error.details?.status;
  return typeof status !== 'number' || status < 500;
}

/** Another key after each failure, since it may be the key that is wrong. */
function accountOf({ failures }: ClaimedBatch, accounts: readonly string[]): string {
  const account = accounts[failures % accounts.length];
  if (account === undefined) throw new Error('A provider has no accounts.');
  return account;
}

function intentOf({ id, total }: ClaimedBatch, account: string, since: Date): BatchIntent {
  return { key: id, account, requestCount: total, since };
}

function notTaken(): TroupeError {
  return new TroupeError({
    code: 'provider_unavailable',
    fault: 'upstream',
    message: 'The provider did not take the batch within a day. Nothing of it was worked on: send it again.',
    retryable: true,
  });
}
