import { describe, expect, test } from '@jest/globals';
import { evaluate } from './evaluate.js';

describe('evaluate', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['100 / 10 / 2', 5],
    ['17 % 5', 2],
    ['2 ^ 10', 1024],
    ['2 ** 3', 8],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['(-2) ^ 2', 4],
    ['2 ^ -1', 0.5],
    ['--3', 3],
    ['+3 - -3', 6],
    ['2 * -3', -6],
    ['.5 + 1.', 1.5],
    ['2e3 + 1E-1', 2000.1],
    ['6 ÷ 2 × 3 − 1', 8],
    ['-0', 0],
  ])('%s = %d', (expression, expected) => {
    expect(evaluate(expression)).toBe(expected);
  });

  test.each([
    ['sqrt(16)', 4],
    ['abs(-3)', 3],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['round(1.005, 2)', 1.01],
    ['round(1234, -2)', 1200],
    ['floor(-1.5)', -2],
    ['ceil(1.2)', 2],
    ['min(3, 1, 2)', 1],
    ['max(3, 1 + 4, 2)', 5],
    ['log(1000)', 3],
    ['log(8, 2)', 3],
    ['ln(e)', 1],
    ['exp(0)', 1],
    ['SIN(0) + cos(0) + tan(0)', 1],
    ['2 * pi', 2 * Math.PI],
    ['π', Math.PI],
  ])('%s = %d', (expression, expected) => {
    expect(evaluate(expression)).toBeCloseTo(expected, 12);
  });

  test.each([
    ['', 'The expression is empty'],
    ['2 +', 'The expression ends where a number is expected'],
    ['2 3', 'Expected an operator but found "3" at position 3'],
    ['2 * / 3', 'Expected a number but found "/" at position 5'],
    ['(1 + 2', 'A parenthesis is not closed: it opens at position 1'],
    ['max(1, 2', 'A parenthesis is not closed: it opens at position 4'],
    ['1 + 2)', 'Expected an operator but found ")" at position 6'],
    ['(1, 2)', 'Expected an operator or ")" but found "," at position 3'],
    ['2 $ 3', 'Unexpected character "$" at position 3'],
    ['2 😀 3', 'Unexpected character "😀" at position 3'],
    ['1 / 0', 'Division by zero at position 3'],
    ['5 % (2 - 2)', 'Division by zero at position 3'],
    ['sqrt(-1)', 'sqrt(-1) has no real value at position 1'],
    ['(-8) ^ 0.5', '-8 ^ 0.5 has no real value at position 6'],
    ['10 ^ 999', '10 ^ 999 is too large at position 4'],
    ['1e999', 'The number 1e999 is too large at position 1'],
    ['ln(0)', 'ln(0) is too large at position 1'],
    ['sqrt()', 'sqrt takes 1 argument(s), not 0, at position 1'],
    ['log(1, 2, 3)', 'log takes 1 to 2 argument(s), not 3, at position 1'],
    ['sqrt + 1', 'sqrt is a function and needs arguments: sqrt(...) at position 1'],
    ['2 * x', 'Unknown name "x" (known: e, pi, π) at position 5'],
  ])('%j is refused: %s', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });

  test.each(['constructor(1)', 'process.exit()', '__proto__', 'eval(1)', 'this', '"a"'])('%j runs no code', (text) => {
    expect(() => evaluate(text)).toThrow(/Unknown|Unexpected/);
  });

  test.each(['('.repeat(500), '-'.repeat(500), `${'abs('.repeat(500)}1${')'.repeat(500)}`, `2${'^2'.repeat(400)}`])(
    'deep nesting is refused, not a stack overflow',
    (text) => {
      expect(() => evaluate(text)).toThrow('nested more than 100 levels deep');
    },
  );

  test('a long flat sum is no deep one', () => {
    expect(evaluate(Array.from({ length: 300 }, () => '1').join('+'))).toBe(300);
  });
});
