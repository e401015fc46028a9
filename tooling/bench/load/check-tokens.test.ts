import { describe, expect, test } from '@jest/globals';
import { checkTokens } from './check-tokens.js';

const expected = ['one', ' two', ' three', ' two'];

describe('checkTokens', () => {
  test.each([
    [
      ['one', ' two', ' three', ' two'],
      [0, 1, 2, 3],
    ],
    [['one two three two'], [0, 0, 0, 0]],
    [
      ['on', 'e two th', '', 'ree', ' two'],
      [1, 1, 3, 4],
    ],
  ])('finds the tokens in %j', (pieces, pieceOfToken) => {
    expect(checkTokens(pieces, expected)).toEqual({ tokens: 4, lost: 0, doubled: 0, pieceOfToken });
  });

  test('counts what is missing', () => {
    expect(checkTokens(['one', ' three', ' two'], expected)).toMatchObject({ tokens: 3, lost: 1, doubled: 0 });
    expect(checkTokens(['one', ' two', ' three'], expected)).toMatchObject({ tokens: 3, lost: 1, doubled: 0 });
    expect(checkTokens([], expected)).toMatchObject({ tokens: 0, lost: 4, doubled: 0 });
  });

  test('counts what came twice or from elsewhere', () => {
    expect(checkTokens(['one', ' two', ' two', ' three', ' two'], expected)).toMatchObject({ lost: 0, doubled: 1 });
    expect(checkTokens([...expected, ' four'], expected)).toMatchObject({ lost: 0, doubled: 1 });
  });

  test('the right tokens in a wrong order are lost', () => {
    expect(checkTokens(['one', ' three', ' two', ' two'], expected)).toMatchObject({ lost: 4, doubled: 0 });
  });
});
