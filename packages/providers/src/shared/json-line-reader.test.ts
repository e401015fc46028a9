import { expect, test } from '@jest/globals';
import { JsonLineReader } from './json-line-reader.js';

test('lines come out one by one, blank ones left out, the last without its end', () => {
  const reader = new JsonLineReader();
  expect(reader.push(Buffer.from('{"a":1}\n\n  \r\n{"b":'))).toEqual(['{"a":1}']);
  expect(reader.push(Buffer.from('2}\n{"c":3}'))).toEqual(['{"b":2}']);
  expect(reader.end()).toEqual(['{"c":3}']);
  expect(reader.end()).toEqual([]);
});
