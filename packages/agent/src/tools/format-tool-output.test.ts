import { describe, expect, test } from '@jest/globals';
import { formatToolOutput } from './format-tool-output.js';

describe('formatToolOutput', () => {
  test('a string stays as it is, anything else is JSON', () => {
    expect(formatToolOutput('four', 100)).toBe('four');
    expect(formatToolOutput({ sum: 4 }, 100)).toBe('{"sum":4}');
    expect(formatToolOutput(null, 100)).toBe('null');
    expect(formatToolOutput(undefined, 100)).toBe('null');
  });

  test('is cleaned for storage', () => {
    expect(formatToolOutput('a\u0000b\ud800', 100)).toBe('ab\ufffd');
  });

  test('long output is cut and says so', () => {
    const text = formatToolOutput('x'.repeat(500), 200);
    expect(text).toHaveLength(200);
    expect(text).toContain('[cut: the output has 500 characters');
  });

  test('a cut does not halve a character', () => {
    for (let limit = 80; limit < 90; limit += 1)
      expect(formatToolOutput('😀'.repeat(100), limit).isWellFormed()).toBe(true);
  });
});
