import { describe, expect, test } from '@jest/globals';
import { median, percentile } from './percentile.js';

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

describe('percentile', () => {
  test.each([
    [hundred, 0.5, 50],
    [hundred, 0.99, 99],
    [hundred, 1, 100],
    [[7], 0.01, 7],
    [[10, 9, 1], 0.5, 9],
  ])('of %j at %d', (values, share, expected) => expect(percentile(values, share)).toBe(expected));

  test('of nothing is no number', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('median', () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[10, 9, 100], 10],
  ])('of %j', (values, expected) => expect(median(values)).toBe(expected));

  test('of nothing is no number', () => {
    expect(median([])).toBeNaN();
  });
});
