import { describe, expect, test } from '@jest/globals';
import { FAMILIES } from './faults/catalog.js';
import { readOptions } from './read-options.js';

describe('readOptions', () => {
  test('five minutes of everything, with a seed of its own', () => {
    expect(readOptions([])).toMatchObject({ mode: 'drawn', maxMinutes: 5, families: FAMILIES, clients: 30 });
    expect(readOptions([])).not.toEqual(readOptions([]));
  });

  test('a number of faults takes as long as it takes', () => {
    expect(readOptions(['--', '--faults', '40', '--seed', '3'])).toMatchObject({
      maxFaults: 40,
      maxMinutes: Number.POSITIVE_INFINITY,
      seed: 3,
    });
  });

  test('a part of a release is as long as it is told to be', () => {
    expect(readOptions(['--release', '--minutes', '20'])).toMatchObject({ maxFaults: 7_000, maxMinutes: 20 });
    expect(readOptions(['--nightly'])).toMatchObject({ maxMinutes: 100 });
    expect(readOptions(['--slice'])).toMatchObject({ mode: 'slice', clients: 16 });
  });

  test('single faults are called by their names', () => {
    const named = ['kill at commit.before-cancel', 'FLUSHALL'];
    expect(readOptions(['--named', named.join(', ')])).toMatchObject({ named });
    expect(() => readOptions(['--named', 'kill nobody'])).toThrow("'kill nobody'");
  });

  test('a pause is a number of seconds', () => {
    expect(readOptions([])).toMatchObject({ pauseSeconds: undefined });
    expect(readOptions(['--pause', '7.5'])).toMatchObject({ pauseSeconds: 7.5 });
    expect(() => readOptions(['--pause', 'long'])).toThrow('--pause');
  });

  test('families are named as they are listed', () => {
    expect(readOptions(['--only', 'kill, tool'])).toMatchObject({ families: ['kill', 'tool'] });
    expect(() => readOptions(['--only', 'kill,nobody'])).toThrow('nobody');
    expect(() => readOptions(['--minutes', 'many'])).toThrow('--minutes');
  });

  test('results are added up without a run', () => {
    expect(readOptions(['--sum', 'a.json', 'b.json'])).toEqual({ mode: 'sum', files: ['a.json', 'b.json'] });
  });
});
