import { describe, expect, test } from '@jest/globals';
import { Random } from '../random.js';
import { FAMILIES, FAULTS } from './catalog.js';
import { drawFaults, familyOf, listFaults } from './schedule.js';
import { SLICE } from './slice.js';

function drawn(seed: number, families: readonly string[], count: number) {
  const faults = drawFaults(new Random(seed), families);
  return Array.from({ length: count }, () => faults.next().value);
}

describe('the schedule', () => {
  test('is the same for the same seed', () => {
    expect(drawn(5, FAMILIES, 100)).toEqual(drawn(5, FAMILIES, 100));
    expect(drawn(5, FAMILIES, 100)).not.toEqual(drawn(6, FAMILIES, 100));
  });

  test('draws from the families that are asked for', () => {
    expect(new Set(drawn(1, ['kill', 'tool'], 200).map(familyOf))).toEqual(new Set(['kill', 'tool']));
  });

  test('comes by every failpoint equally often', () => {
    const points = FAULTS.filter(({ family }) => family === 'failpoint');
    const names = drawn(1, ['failpoint'], points.length * 3).map(({ kinds }) => kinds[0]?.name);
    const counts = new Set([...Map.groupBy(names, (name) => name).values()].map(({ length }) => length));
    expect(counts).toEqual(new Set([3]));
  });

  test('a pair is of two families', () => {
    for (const { kinds } of drawn(1, ['pair'], 200)) {
      expect(new Set(kinds.map(({ family }) => family)).size).toBe(2);
    }
  });

  test('the slice names faults that there are', () => {
    expect([...listFaults(new Random(1), SLICE)]).toHaveLength(SLICE.length);
    expect(() => [...listFaults(new Random(1), ['kill nobody'])]).toThrow('kill nobody');
  });

  test('no two faults share a name', () => {
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  });
});
