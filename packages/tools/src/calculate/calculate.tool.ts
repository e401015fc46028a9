import { z } from 'zod';
import { defineTool } from '../define-tool.js';
import { evaluate } from './evaluate.js';
import { formatNumber } from './format-number.js';

/** Longer ones are not sums any more; it also bounds the parser's work. */
const MAX_CHARACTERS = 1_000;

export const calculate = defineTool({
  name: 'calculate',
  description:
    'Calculates an arithmetic expression exactly. Use it for every sum beyond a trivial one instead of calculating in ' +
    'your head. Knows + - * / % (remainder) ^ (power), parentheses, decimals like 1.5 or 2e3, the constants pi and e, ' +
    'and abs ceil cos exp floor ln log(x, base = 10) max min round(x, digits = 0) sin sqrt tan. Angles are in radians.',
  parameters: z.object({
    expression: z.string().min(1).max(MAX_CHARACTERS).describe('For example "(12.5 + 3) * 4 ^ 2"'),
  }),
  effect: 'read',
  timeoutMs: 1_000,
  trusted: true,
  execute: ({ expression }) => formatNumber(evaluate(expression)),
});
