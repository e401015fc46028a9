import type { CallResult } from '@troupe/agent';
import { TroupeError } from '@troupe/contracts';

type Held = Pick<Extract<CallResult, { type: 'held' }>, 'model' | 'waitMs' | 'dimension'>;

/** For a caller at the other end of a connection, whom nobody parks. `mayFallBack`: another model could answer in place of this one. */
export function heldTooLong(
  { model, waitMs, dimension }: Held,
  { mayFallBack }: { mayFallBack: boolean },
): TroupeError {
  const advice = mayFallBack ? 'Try again then, name a fallback model,' : 'Try again then,';
  return new TroupeError({
    code: 'provider_rate_limited',
    fault: 'upstream',
    retryable: true,
    retryAfterMs: waitMs,
    message: `${model} is at its limit (${dimension}) for about ${Math.ceil(waitMs / 1_000)} s. ${advice} or raise the limit at /api/limits.`,
    details: { model, dimension },
  });
}
