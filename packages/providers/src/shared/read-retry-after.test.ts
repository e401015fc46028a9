import { expect, test } from '@jest/globals';
import { readRetryAfter } from './read-retry-after.js';

const now = Date.parse('2026-11-20T10:00:00Z');

test.each([
  [{ 'retry-after': '3' }, 3_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after-ms': '250.4' }, 251],
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9_000],
  [{ 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': 'Fri, 20 Nov 2099 09:00:00 GMT' }, 86_400_000],
  [{ 'retry-after': 'later' }, undefined],
  [{}, undefined],
])('%j is %p ms', (headers, expected) => {
  expect(readRetryAfter(new Headers(headers as Record<string, string>), now)).toBe(expected);
});

test('without headers nothing is asked for', () => {
  expect(readRetryAfter(undefined)).toBeUndefined();
});
