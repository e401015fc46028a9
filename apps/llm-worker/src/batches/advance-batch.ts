import { TroupeError } from '@troupe/contracts';
import type { ClaimedBatch } from '@troupe/database';
import type { BatchProvider } from '@troupe/spec';
import type { AdvanceBatchOptions } from './advance-batch-options.js';
import { endBatch, providerBatchOf, putBack } from './batch-in-hand.js';
import { retryPause } from './batch-timing.js';
import { followBatch } from './follow-batch.js';
import { BatchLost, HeldBatchLease, WorkerStops } from './held-batch-lease.js';
import { submitBatch } from './submit-batch.js';

/** Claims of a batch in a row whose workers died; then it is the batch that kills them. */
const MAX_LOST_CLAIMS = 10;

/** Does for a claimed batch what is due: submits it, or asks its provider how it is. Throws what is left to the next look. */
export class AdvanceBatch {
  readonly #options: AdvanceBatchOptions;

  constructor(options: AdvanceBatchOptions) {
    this.#options = options;
  }

  /** @param stopping aborts with WorkerStops when the process ends */
  async advance(batch: ClaimedBatch, stopping: AbortSignal): Promise<void> {
    const { database, timing } = this.#options;
    const lease = new HeldBatchLease(database, batch, timing.leaseSeconds);
    try {
      if (batch.lostClaims >= MAX_LOST_CLAIMS) return await endBatch(this.#options, batch, 'failed', poisoned());
      await this.#advance(batch, lease, AbortSignal.any([lease.signal, stopping]));
    } catch (error) {
      if (error instanceof BatchLost) return;
      await this.#afterFailure(batch, error);
    } finally {
      lease.stop();
    }
  }

  async #advance(batch: ClaimedBatch, lease: HeldBatchLease, signal: AbortSignal): Promise<void> {
    const provider = await this.#providerOf(batch);
    if (provider === undefined) return;
    const hand = { batch, provider, lease, signal };
    const at = providerBatchOf(batch);
    if (at === undefined) await submitBatch(this.#options, hand);
    else await followBatch(this.#options, hand, at);
  }

  /** Undefined when the batch has ended because nobody takes it. */
  async #providerOf(batch: ClaimedBatch): Promise<BatchProvider | undefined> {
    try {
      return this.#options.batches.resolveBatches(batch.model);
    } catch (error) {
      // What may have been sent waits for its provider to be configured again.
      if (batch.intentAt !== null) throw error;
      await endBatch(this.#options, batch, 'failed', error);
      return undefined;
    }
  }

  async #afterFailure(batch: ClaimedBatch, error: unknown): Promise<void> {
    const { timing, logger } = this.#options;
    if (error instanceof WorkerStops) return putBack(this.#options, batch, 0, batch.failures);
    const waitedSeconds = batch.submittedSeconds ?? batch.ageSeconds;
    if (error instanceof TroupeError && waitedSeconds > timing.answerWithinSeconds) {
      return endBatch(this.#options, batch, 'failed', error);
    }
    const failures = batch.failures + 1;
    logger.warn({ err: error, batch: batch.id, failures }, 'a batch could not be looked at for now');
    await putBack(this.#options, batch, retryPause(failures, timing), failures);
  }
}

function poisoned(): TroupeError {
  return new TroupeError({
    code: 'internal_error',
    fault: 'server',
    message: 'Every worker that took this batch died. Send its requests in smaller batches.',
  });
}
