import { describe, expect, test } from '@jest/globals';
import type { Tool } from '@troupe/spec';
import { resolveTools } from './resolve-tools.js';

const calculate: Tool = {
  name: 'calculate',
  description: 'Calculates.',
  parameters: { type: 'object' },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => 1,
};
const catalog = new Map([[calculate.name, calculate]]);

describe('resolveTools', () => {
  test('finds the tools that an agent names', () => {
    expect(resolveTools(['calculate'], catalog)).toEqual(catalog);
  });

  test('a name that is not there is an error with near matches', () => {
    expect(() => resolveTools(['calculater'], catalog)).toThrow(
      expect.objectContaining({ code: 'tool_not_found', details: { tool: 'calculater', near_matches: ['calculate'] } }),
    );
  });
});
