import { TroupeApiError } from '../troupe-api-error.js';
import { TroupeConnectionError } from '../troupe-connection-error.js';
import { backoffMs } from './backoff.js';

/** A caller would rather know than wait longer than this. Milliseconds. */
const LONGEST_WAIT_MS = 30_000;

/**
 * How long to wait before a request is sent again, or undefined when that cannot help. Repeating is safe, because
 * every request that changes something carries an Idempotency-Key.
 */
export function retryDelayMs(error: unknown, failures: number): number | undefined {
  if (error instanceof TroupeConnectionError) return backoffMs(failures);
  if (!(error instanceof TroupeApiError)) return undefined;
  // After a broken connection the first sending may still be under way; its answer is ready a little later.
  const underWay = error.code === 'idempotency_key_in_use' && failures > 1;
  if (error.status !== 429 && error.status !== 503 && !underWay) return undefined;
  const delay = error.retryAfterMs ?? backoffMs(failures);
  return delay > LONGEST_WAIT_MS ? undefined : delay;
}
