import { expect, test } from '@jest/globals';
import { readAnthropicLimits } from './read-anthropic-limits.js';

const soon = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

test('what is left is told for requests and for tokens of both kinds', () => {
  const headers = new Headers({
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-requests-reset': soon(1),
    'anthropic-ratelimit-tokens-remaining': '8000',
    'anthropic-ratelimit-input-tokens-remaining': '40000',
    'anthropic-ratelimit-output-tokens-remaining': '8000',
  });
  expect(readAnthropicLimits(headers, false)).toEqual({
    remaining: { requests: 49, tokens: 8_000, inputTokens: 40_000, outputTokens: 8_000 },
  });
  expect(readAnthropicLimits(new Headers(), false)).toEqual({});
});

test('a refusal pauses until what is used up is there again', () => {
  const headers = new Headers({
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-requests-reset': soon(600),
    'anthropic-ratelimit-output-tokens-remaining': '0',
    'anthropic-ratelimit-output-tokens-reset': soon(20),
  });
  const { pauseMs } = readAnthropicLimits(headers, true);
  expect(pauseMs).toBeGreaterThan(15_000);
  expect(pauseMs).toBeLessThanOrEqual(20_000);
  expect(readAnthropicLimits(headers, false)).not.toHaveProperty('pauseMs');
});

test('a clock that is wrong pauses nobody for long, and a reset that is over nobody at all', () => {
  const at = (reset: string) =>
    readAnthropicLimits(
      new Headers({ 'anthropic-ratelimit-requests-remaining': '0', 'anthropic-ratelimit-requests-reset': reset }),
      true,
    ).pauseMs;
  expect(at(soon(1_000_000))).toBe(3_600_000);
  expect(at(soon(-5))).toBeUndefined();
  expect(at('whenever')).toBeUndefined();
});
