import { TroupeError } from '@troupe/contracts';

/** A provider that answers 404 to the id of a batch does not speak of a model. */
export function withoutBatch(error: unknown, batchId: string): unknown {
  if (statusOf(error) !== 404) return error;
  return new TroupeError({
    code: 'provider_invalid_request',
    fault: 'server',
    message:
      `The provider does not know the batch ${batchId}. It was deleted there, or the key that it was made with has ` +
      'been replaced by one of another account: set a key of that account again.',
    details: { status: 404 },
    cause: error,
  });
}

/** Whether a batch cannot be cancelled because it has ended. */
export function hasEnded(error: unknown): boolean {
  const status = statusOf(error);
  return status === 400 || status === 409;
}

function statusOf(error: unknown): unknown {
  return error instanceof TroupeError ? error.details?.status : undefined;
}
