import { describe, expect, test } from '@jest/globals';
import { expandCores } from './cores.js';
import { parseStat, treeCpuMs } from './proc.js';

describe('parseStat', () => {
  test('reads own time and that of ended children, whatever the name of the process', () => {
    const stat = '42 (a) b (c)) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 3 1 20 0 1 0 99 1000 10';
    expect(parseStat(stat)).toMatchObject({ pid: 42, parent: 7 });
    const idle = parseStat(stat.replace('100 20 3 1', '0 0 0 0'));
    expect(idle.cpuMs).toBe(0);
    expect(parseStat(stat).cpuMs).toBeCloseTo(124 * parseStat(stat.replace('100 20 3 1', '1 0 0 0')).cpuMs);
  });
});

describe('treeCpuMs', () => {
  test('adds up what is below a process and nothing else', () => {
    const rows = [
      { pid: 1, parent: 0, cpuMs: 1000 },
      { pid: 5, parent: 1, cpuMs: 100 },
      { pid: 6, parent: 5, cpuMs: 10 },
      { pid: 7, parent: 6, cpuMs: 1 },
      { pid: 8, parent: 1, cpuMs: 500 },
    ];
    expect(treeCpuMs(rows, 5)).toBe(111);
    expect(treeCpuMs(rows, 99)).toBe(0);
  });
});

describe('expandCores', () => {
  test.each([
    ['0', [0]],
    ['0,1', [0, 1]],
    ['0-2,5', [0, 1, 2, 5]],
  ])('%s', (list, cores) => expect(expandCores(list)).toEqual(cores));
});
