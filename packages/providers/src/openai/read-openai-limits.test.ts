import { describe, expect, test } from '@jest/globals';
import { readGroqLimits } from '../openai-compatible/read-groq-limits.js';
import { readDuration, readOpenAiLimits } from './read-openai-limits.js';

function openAi(values: Record<string, string>, refused = false) {
  const headers = new Headers();
  for (const [name, value] of Object.entries(values)) headers.set(`x-ratelimit-${name}`, value);
  return readOpenAiLimits(headers, refused);
}

describe('what headers say of limits', () => {
  test.each([
    ['1s', 1_000],
    ['6m0s', 360_000],
    ['20ms', 20],
    ['1m30.5s', 90_500],
    ['1h2m3s', 3_723_000],
    ['soon', undefined],
    [null, undefined],
  ])('the duration %p', (text, expected) => {
    expect(readDuration(text)).toBe(expected);
  });

  test('what is left in the window, of the project or of the organization', () => {
    const requests = { 'limit-requests': '500', 'remaining-requests': '499' };
    const tokens = { 'limit-tokens': '30000', 'remaining-tokens': '29000' };
    expect(openAi({ ...requests, ...tokens })).toEqual({ remaining: { requests: 499, tokens: 29_000 } });
    const project = { 'limit-project-tokens': '9000', 'remaining-project-tokens': '100' };
    expect(openAi({ ...tokens, ...project })).toEqual({ remaining: { tokens: 100 } });
    expect(openAi({})).toEqual({});
  });

  test('numbers that stand for unknown say nothing', () => {
    expect(openAi({ 'limit-requests': '-1', 'remaining-requests': '-1' })).toEqual({});
    expect(openAi({ 'limit-tokens': '0', 'remaining-tokens': '0' })).toEqual({});
    expect(openAi({ 'remaining-tokens': '5' })).toEqual({});
  });

  test('a refusal pauses until the next request fits, not until all are back', () => {
    const perDay = { 'limit-requests': '200', 'remaining-requests': '0', 'reset-requests': '24h0m0s' };
    expect(openAi(perDay, true)).toMatchObject({ pauseMs: 432_000 });
    expect(openAi(perDay)).not.toHaveProperty('pauseMs');
    const tokens = { 'limit-tokens': '30000', 'remaining-tokens': '10', 'reset-tokens': '59.2s' };
    expect(openAi(tokens, true)).toEqual({ remaining: { tokens: 10 }, pauseMs: 59_200 });
  });

  test('Groq counts requests by the day under the same name, which says nothing of the next minute', () => {
    const headers = new Headers({
      'x-ratelimit-limit-requests': '14400',
      'x-ratelimit-remaining-requests': '3',
      'x-ratelimit-remaining-tokens': '17997',
      'x-ratelimit-reset-tokens': '7.66s',
    });
    expect(readGroqLimits(headers, false)).toEqual({ remaining: { tokens: 17_997 } });
    expect(readGroqLimits(headers, true)).toEqual({ remaining: { tokens: 17_997 }, pauseMs: 7_660 });
  });
});
