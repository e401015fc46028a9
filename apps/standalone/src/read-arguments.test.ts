import { describe, expect, test } from '@jest/globals';
import { readArguments } from './read-arguments.js';

describe('readArguments', () => {
  test('one process by default', () => {
    expect(readArguments([])).toEqual({ help: false, split: false, gateways: 1, llmWorkers: 1, toolWorkers: 1 });
  });

  test('counts of a split server', () => {
    const split = readArguments(['--split', '--llm-workers', '3', '--tool-workers=2', '--gateways', '2']);
    expect(split).toMatchObject({ split: true, gateways: 2, llmWorkers: 3, toolWorkers: 2 });
  });

  test.each([['0'], ['-1'], ['1.5'], ['many'], ['65'], ['']])('refuses %j workers', (count) => {
    expect(() => readArguments(['--split', `--llm-workers=${count}`])).toThrow(/whole number from 1 to 64/);
  });

  test('refuses counts without --split, and what it does not know', () => {
    expect(() => readArguments(['--llm-workers', '2'])).toThrow(/needs --split/);
    expect(() => readArguments(['--fast'])).toThrow(/--fast/);
  });
});
