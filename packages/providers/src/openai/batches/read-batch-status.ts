import type { TroupeError } from '@troupe/contracts';
import type { BatchStatus } from '@troupe/spec';
import type { ProviderErrors } from '../../shared/provider-errors.js';
import type { WireBatch } from './openai-batch-wire.js';

const states: Record<string, BatchStatus['state']> = {
  validating: 'validating',
  in_progress: 'in_progress',
  finalizing: 'in_progress',
  cancelling: 'in_progress',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'expired',
};

/** Of many lines that are wrong for the same reason a few are enough. */
const shownErrors = 3;

/** @throws TroupeError for a status that is not known */
export function readBatchStatus(batch: WireBatch, errors: ProviderErrors): BatchStatus {
  const state = states[batch.status ?? ''];
  if (state === undefined) throw errors.badResponse(`a batch with the status "${batch.status}"`);
  const { completed = 0, failed = 0 } = batch.request_counts ?? {};
  return { state, counts: { completed, failed }, ...(state === 'failed' && { error: failureOf(batch, errors) }) };
}

/** Batches fail as a whole while they are validated. A full queue of tokens empties by itself. */
function failureOf({ errors: told }: WireBatch, errors: ProviderErrors): TroupeError {
  const reasons = told?.data ?? [];
  const message = reasons
    .slice(0, shownErrors)
    .map(({ line, message: reason }) => (line ? `line ${line}: ${reason}` : `${reason}`))
    .join('; ');
  const code = reasons[0]?.code ?? undefined;
  const status = code === 'token_limit_exceeded' || code === 'billing_hard_limit_reached' ? 429 : 400;
  return errors.fromFailure({ status, message, ...(code !== undefined && { code }) });
}
