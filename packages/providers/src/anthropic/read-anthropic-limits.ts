import type { LimitFeedback } from '@troupe/spec';
import { type LimitReader, readCount } from '../shared/limit-feedback.js';

/** Buckets fill up continuously; a reset further away than this is a clock that is wrong. */
const maxPauseMs = 3_600_000;

/** Limits by their name in the headers. `tokens` is whichever of the two kinds is nearer to its end. */
const fields = {
  requests: 'requests',
  tokens: 'tokens',
  'input-tokens': 'inputTokens',
  'output-tokens': 'outputTokens',
} as const;

/**
 * `anthropic-ratelimit-<limit>-remaining` and `-reset`, an RFC 3339 time at which the limit is full again. Where the
 * provider refuses and does not say when to come back, the latest reset of what is used up says it.
 */
export const readAnthropicLimits: LimitReader = (headers, refused) => {
  const remaining: NonNullable<LimitFeedback['remaining']> = {};
  let resetsAt = Number.NEGATIVE_INFINITY;
  for (const [name, field] of Object.entries(fields)) {
    const left = readCount(headers, `anthropic-ratelimit-${name}-remaining`);
    if (left === undefined) continue;
    remaining[field] = left;
    const reset = Date.parse(headers.get(`anthropic-ratelimit-${name}-reset`) ?? '');
    if (left === 0 && reset > resetsAt) resetsAt = reset;
  }
  const pauseMs = Math.ceil(resetsAt - Date.now());
  return {
    ...(Object.keys(remaining).length > 0 && { remaining }),
    ...(refused && pauseMs > 0 && Number.isFinite(pauseMs) && { pauseMs: Math.min(pauseMs, maxPauseMs) }),
  };
};
