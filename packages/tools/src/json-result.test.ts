import { describe, expect, test } from '@jest/globals';
import { jsonResult } from './json-result.js';

describe('jsonResult', () => {
  test.each([
    ['a text', 'sunny', 'sunny'],
    ['a number', 7, 7],
    ['nothing', undefined, null],
    ['a date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['fields without a value', { city: 'Ghent', note: undefined }, { city: 'Ghent' }],
    ['an object that says what it is as JSON', { toJSON: () => [1, 2] }, [1, 2]],
    ['a number that is none', { ratio: Number.NaN }, { ratio: null }],
  ])('%s', (_what, value, expected) => {
    expect(jsonResult('look', value)).toEqual(expected);
  });

  test('what has no JSON is told with the name of the tool, and that it ran', () => {
    const circle: { self?: object } = {};
    circle.self = circle;
    expect(() => jsonResult('look', { big: 1n })).toThrow(/^look was carried out, .* BigInt/);
    expect(() => jsonResult('look', circle)).toThrow(/^look was carried out, .*circular/);
  });
});
