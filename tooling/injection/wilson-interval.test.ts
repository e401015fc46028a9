import { expect, test } from '@jest/globals';
import { wilsonInterval } from './wilson-interval.js';

test.each([
  [0, 10, 0, 0.278],
  [5, 10, 0.237, 0.763],
  [10, 10, 0.722, 1],
  [81, 263, 0.255, 0.366],
])('%i of %i', (hits, count, low, high) => {
  const interval = wilsonInterval(hits, count);
  expect(interval[0]).toBeCloseTo(low, 3);
  expect(interval[1]).toBeCloseTo(high, 3);
});
