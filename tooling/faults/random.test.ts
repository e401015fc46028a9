import { describe, expect, test } from '@jest/globals';
import { Random } from './random.js';

const draw = (random: Random) => Array.from({ length: 50 }, () => random.integer(1, 6));

describe('Random', () => {
  test('the same seed gives the same numbers, another seed others', () => {
    expect(draw(new Random(7))).toEqual(draw(new Random(7)));
    expect(draw(new Random(7))).not.toEqual(draw(new Random(8)));
  });

  test('both ends of a range come up, and nothing outside it', () => {
    const drawn = new Set(draw(new Random(1)));
    expect([...drawn].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('what one part draws does not shift what another gets', () => {
    const random = new Random(3);
    const before = draw(random.fork('load'));
    draw(random.fork('faults'));
    expect(draw(random.fork('load'))).toEqual(before);
    expect(draw(random.fork('faults'))).not.toEqual(before);
  });
});
