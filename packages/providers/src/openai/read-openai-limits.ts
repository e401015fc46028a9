import type { LimitFeedback } from '@troupe/spec';
import { readCount } from '../shared/limit-feedback.js';

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** OpenAI's windows are a minute; what takes longer to come back is a daily limit, which comes back little by little. */
const longestTokenPauseMs = 60_000;

/**
 * `x-ratelimit-{limit, remaining, reset}-{requests, tokens, project-tokens}`; resets are durations such as `6m0s` until
 * the limit is whole again. Azure sends -1 or 0 for what it does not know.
 */
export function readOpenAiLimits(headers: Headers, refused: boolean): LimitFeedback {
  const requests = remaining(headers, 'requests');
  const tokens = least(remaining(headers, 'tokens'), remaining(headers, 'project-tokens'));
  const pauseMs = refused ? pauseOf(headers) : undefined;
  return {
    ...((requests ?? tokens) !== undefined && {
      remaining: { ...(requests !== undefined && { requests }), ...(tokens !== undefined && { tokens }) },
    }),
    ...(pauseMs !== undefined && { pauseMs }),
  };
}

/** Milliseconds of `1s`, `6m0s`, `20ms`; undefined for what is no duration. */
export function readDuration(text: string | null): number | undefined {
  const parts = [...(text ?? '').matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  if (parts.length === 0) return undefined;
  return Math.ceil(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0));
}

function remaining(headers: Headers, dimension: string): number | undefined {
  const limit = readCount(headers, `x-ratelimit-limit-${dimension}`);
  return limit === undefined || limit === 0 ? undefined : readCount(headers, `x-ratelimit-remaining-${dimension}`);
}

/** Of the dimension that is used up: until the next request fits, or until the tokens are back. */
function pauseOf(headers: Headers): number | undefined {
  if (remaining(headers, 'requests') === 0) {
    const reset = readDuration(headers.get('x-ratelimit-reset-requests'));
    const limit = readCount(headers, 'x-ratelimit-limit-requests') ?? 1;
    return reset === undefined ? undefined : Math.ceil(reset / limit);
  }
  const reset = readDuration(headers.get('x-ratelimit-reset-tokens'));
  return reset === undefined ? undefined : Math.min(reset, longestTokenPauseMs);
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
