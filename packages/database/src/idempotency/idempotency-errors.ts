import { TroupeError } from '@troupe/contracts';

export function keyReused(): TroupeError {
  return new TroupeError({
    code: 'idempotency_key_reused',
    fault: 'caller',
    message: 'This Idempotency-Key was used with another body or address. Use a new key for a new request.',
  });
}

export function keyInUse(): TroupeError {
  return new TroupeError({
    code: 'idempotency_key_in_use',
    fault: 'caller',
    message: 'The first request with this Idempotency-Key is still being answered. Send it again in a moment.',
    retryable: true,
    retryAfterMs: 1_000,
  });
}

export function outcomeUnknown(): TroupeError {
  return new TroupeError({
    code: 'idempotency_outcome_unknown',
    fault: 'server',
    message:
      'The first request with this Idempotency-Key was cut off inside the server, and what became of it is not known: the ' +
      'provider may have answered and charged. To call it once more, send the request with a new key.',
  });
}
