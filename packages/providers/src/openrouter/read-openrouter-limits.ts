import { type LimitReader, readCount } from '../shared/limit-feedback.js';

/** Free models have a limit a day; a reset further away than this is a clock that is wrong. */
const maxPauseMs = 86_400_000;

/** `x-ratelimit-remaining` in requests and `x-ratelimit-reset` in milliseconds since 1970, sent with refusals only. */
export const readOpenRouterLimits: LimitReader = (headers, refused) => {
  const requests = readCount(headers, 'x-ratelimit-remaining');
  if (requests === undefined) return {};
  const pauseMs = Math.ceil((readCount(headers, 'x-ratelimit-reset') ?? 0) - Date.now());
  return {
    remaining: { requests },
    ...(refused && requests === 0 && pauseMs > 0 && { pauseMs: Math.min(pauseMs, maxPauseMs) }),
  };
};
