import { expect, test } from '@jest/globals';
import { tokenCount } from './token-count.js';

test.each([
  [0, 0],
  [12, 12],
  ['12', 12],
  ['', undefined],
  [' ', undefined],
  ['many', undefined],
  [-1, undefined],
  [Number.NaN, undefined],
  [null, undefined],
  [undefined, undefined],
  [{}, undefined],
  [true, undefined],
])('%p is %p', (value, count) => {
  expect(tokenCount(value)).toBe(count);
});
