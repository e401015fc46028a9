import { describe, expect, test } from '@jest/globals';
import { MAX_JSON_DEPTH, TroupeError } from '@troupe/contracts';
import { parseJson } from './parse-json.js';

function refusalOf(text: string): TroupeError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof TroupeError) return error;
  }
  throw new Error('The text was accepted.');
}

describe('parseJson', () => {
  test.each([
    ['{"message": hello}', 12],
    ['{"message": "hello"', 19],
    ['{"a": 1,}', 8],
    ['[1, 2 3]', 6],
    ["{'a': 1}", 1],
    ['{"a": "\\x"}', 8],
    ['{"a": 1} trailing', 9],
  ])('names the position where %s goes wrong', (text, position) => {
    const error = refusalOf(text);
    expect(error.code).toBe('malformed_json');
    expect(error.details).toMatchObject({ position });
  });

  test('names line and column', () => {
    expect(refusalOf('{\n  "a": 1,\n  "b": oops\n}').message).toContain('line 3, column 8');
  });

  test('says what to send when the body is empty', () => {
    expect(refusalOf(' ').message).toBe('The body is empty. Send a JSON object.');
  });

  test('a byte order mark before the text is ignored', () => {
    expect(parseJson('\ufeff{"a": 1}')).toEqual({ a: 1 });
    expect(refusalOf('\ufeff').message).toBe('The body is empty. Send a JSON object.');
  });

  test('takes NUL and half surrogate pairs out of every text', () => {
    expect(parseJson('{"a\\u0000b": ["x\\u0000y", "\\ud800"]}')).toEqual({ ab: ['xy', '\ufffd'] });
  });

  test.each([MAX_JSON_DEPTH + 1, 10_000, 400_000])('refuses %i levels', (depth) => {
    expect(refusalOf('['.repeat(depth) + ']'.repeat(depth)).code).toBe('invalid_request');
  });
});
