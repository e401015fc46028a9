import { describe, expect, test } from '@jest/globals';
import { parseQuery } from './parse-query.js';

describe('parseQuery', () => {
  test.each([
    ['a=1&b=two%20words', { a: '1', b: 'two words' }],
    ['a=1&a=2', { a: ['1', '2'] }],
    ['a', { a: '' }],
    ['', {}],
    // Text that Postgres refuses.
    ['a=x%00y&b%00=%00', { a: 'xy', b: '' }],
    ['a=%ED%A0%80', { a: '\ufffd\ufffd\ufffd' }],
    // What is not encoded well is taken as it is.
    ['a=%zz&b=%', { a: '%zz', b: '%' }],
  ])('reads %s', (query, fields) => {
    expect(parseQuery(query)).toEqual(fields);
  });

  test('a field that is named like a prototype is one like any other', () => {
    expect(Object.keys(parseQuery('__proto__=1&constructor=2'))).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
