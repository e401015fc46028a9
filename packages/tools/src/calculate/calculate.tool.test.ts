import { describe, expect, test } from '@jest/globals';
import { toolContext } from '../testing/tool-context.js';
import { calculate } from './calculate.tool.js';

describe('calculate', () => {
  test.each([
    ['0.1 + 0.2', '0.3'],
    ['2 ^ 53 - 1', '9007199254740991'],
    ['1 / 3', '0.333333333333333'],
    ['17.5 * 2', '35'],
  ])('%s gives %s', async (expression, result) => {
    expect(await calculate.execute({ expression }, toolContext())).toBe(result);
  });

  test('says what is wrong with an expression', async () => {
    await expect(calculate.execute({ expression: '2 +' }, toolContext())).rejects.toThrow('ends where a number');
  });

  test('refuses an endless expression', async () => {
    await expect(calculate.execute({ expression: '1+'.repeat(600) }, toolContext())).rejects.toThrow('expression');
  });
});
