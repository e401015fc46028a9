import type { LimitFeedback } from '@troupe/spec';
import { readDuration } from '../openai/read-openai-limits.js';
import { readCount } from '../shared/limit-feedback.js';

/** Groq counts tokens by the minute, but `x-ratelimit-*-requests` by the day: these say nothing of the next minute. */
export function readGroqLimits(headers: Headers, refused: boolean): LimitFeedback {
  const tokens = readCount(headers, 'x-ratelimit-remaining-tokens');
  const pauseMs = refused ? readDuration(headers.get('x-ratelimit-reset-tokens')) : undefined;
  return {
    ...(tokens !== undefined && { remaining: { tokens } }),
    ...(pauseMs !== undefined && { pauseMs }),
  };
}
