import type { BatchStatus } from '@troupe/spec';
import type { ProviderErrors } from '../../shared/provider-errors.js';
import type { WireBatch } from './anthropic-batch-wire.js';

/** @throws TroupeError for a status that is not known */
export function readBatchStatus({ processing_status, request_counts }: WireBatch, errors: ProviderErrors): BatchStatus {
  const { succeeded = 0, errored = 0, canceled = 0, expired = 0 } = request_counts ?? {};
  const counts = { completed: succeeded, failed: errored };
  switch (processing_status) {
    case 'in_progress':
    case 'canceling':
      return { state: 'in_progress', counts };
    case 'ended':
      if (canceled > 0) return { state: 'cancelled', counts };
      return { state: expired > 0 ? 'expired' : 'completed', counts };
    default:
      throw errors.badResponse(`a batch with the status "${processing_status}"`);
  }
}
