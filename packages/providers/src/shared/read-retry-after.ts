/** Longest wait that is believed; a date far in the future is a clock that is wrong. */
const maxWaitMs = 86_400_000;

/** Milliseconds that a provider asks to wait: `retry-after-ms`, or `retry-after` in seconds or as an HTTP date. */
export function readRetryAfter(headers: Headers | undefined, now = Date.now()): number | undefined {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (milliseconds >= 0) return bounded(milliseconds);
  const retryAfter = headers?.get('retry-after') ?? '';
  const seconds = Number(retryAfter || Number.NaN);
  if (seconds >= 0) return bounded(seconds * 1000);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : bounded(date - now);
}

function bounded(milliseconds: number): number {
  return Math.min(Math.max(0, Math.ceil(milliseconds)), maxWaitMs);
}
