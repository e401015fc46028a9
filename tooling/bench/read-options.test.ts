import { describe, expect, test } from '@jest/globals';
import { readOptions } from './read-options.js';

function cellsOf(...args: string[]): string[] {
  const options = readOptions(args);
  return options === 'help' ? [] : options.cells.map((cell) => cell.id);
}

describe('readOptions', () => {
  test('everything three times, unless told otherwise', () => {
    expect(readOptions([])).toMatchObject({ rounds: 3, quick: false, statements: true, profile: undefined });
    expect(cellsOf()).toHaveLength(14);
  });

  test('quick measures once, and fewer cells', () => {
    expect(readOptions(['--quick'])).toMatchObject({ rounds: 1, quick: true });
    expect(cellsOf('--', '--quick').length).toBeLessThan(8);
  });

  test('cells are chosen by workload or by name', () => {
    expect(cellsOf('--only', 'W1/1,W2')).toEqual(['W1/1', 'W2/1', 'W2/16', 'W2/64']);
    expect(cellsOf('--only', 'W3/300')).toEqual(['W3/300']);
    expect(() => readOptions(['--only', 'W9'])).toThrow('W9');
  });

  test('a profile is taken under one cell', () => {
    expect(cellsOf('--profile', 'gateway')).toEqual(['W2/16']);
    expect(cellsOf('--profile', 'all', '--only', 'W3/300')).toEqual(['W3/300']);
  });

  test('the reference is measured, unless told otherwise', () => {
    expect(readOptions([])).toMatchObject({ reference: true });
    expect(readOptions(['--no-reference'])).toMatchObject({ reference: false });
  });

  test('arguments for Node may begin with dashes, and are split at spaces', () => {
    const nodeArgs = ['--max-semi-space-size=64', '--no-opt'];
    expect(readOptions(['--node-args', nodeArgs.join(' '), '--quick'])).toMatchObject({ nodeArgs, quick: true });
    expect(readOptions([`--node-args=${nodeArgs.join('  ')}`])).toMatchObject({ nodeArgs });
    expect(readOptions([])).toMatchObject({ nodeArgs: [] });
    expect(() => readOptions(['--node-args'])).toThrow('--node-args');
  });

  test('refuses a number of rounds that is none', () => {
    expect(() => readOptions(['--rounds', 'many'])).toThrow('--rounds');
  });
});
