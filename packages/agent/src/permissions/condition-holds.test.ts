import { describe, expect, test } from '@jest/globals';
import type { ArgumentCondition, JsonObject, JsonValue } from '@troupe/contracts';
import fc from 'fast-check';
import { conditionHolds } from './condition-holds.js';

const holds = (op: ArgumentCondition['op'], found: JsonValue, value: JsonValue) =>
  conditionHolds({ argument: 'it', op, value }, { it: found });

describe('conditionHolds', () => {
  test.each<[ArgumentCondition['op'], JsonValue, JsonValue, boolean]>([
    ['eq', 'DE', 'DE', true],
    ['eq', 'DE', 'FR', false],
    ['eq', { a: [1], b: null }, { b: null, a: [1] }, true],
    ['ne', 'DE', 'FR', true],
    ['ne', 'DE', 'DE', false],
    ['gt', 51, 50, true],
    ['gt', 50, 50, false],
    ['gte', 50, 50, true],
    ['lt', -1, 0, true],
    ['lte', 1, 0, false],
    ['gt', '2026-02-01', '2026-01-31', true],
    ['in', 'DE', ['DE', 'FR'], true],
    ['in', 'IT', ['DE', 'FR'], false],
    ['not_in', 'IT', ['DE', 'FR'], true],
    ['not_in', 'DE', ['DE', 'FR'], false],
    ['contains', 'rm -rf /', 'rm ', true],
    ['contains', ['a', 'b'], 'c', false],
    ['starts_with', '/etc/passwd', '/etc/', true],
    ['starts_with', '/home', '/etc/', false],
  ])('%s %j %j: %s', (op, found, value, expected) => {
    expect(holds(op, found, value)).toBe(expected);
  });

  test.each<[ArgumentCondition['op'], JsonValue, JsonValue]>([
    ['gt', '80', 50],
    ['gt', null, 50],
    ['lt', [1], 50],
    ['eq', 80, '80'],
    ['ne', ['DE'], 'DE'],
    ['in', 1, ['1']],
    ['in', 'DE', 'DE'],
    ['not_in', {}, ['x']],
    ['contains', 80, '8'],
    ['starts_with', 80, '8'],
  ])('what cannot be compared is asked about: %s %j %j', (op, found, value) => {
    expect(holds(op, found, value)).toBe(true);
  });

  test('an argument is found inside of others; one that is missing is asked about', () => {
    const args: JsonObject = { payment: { amount: 10 }, 'a.b': 1 };
    const at = (argument: string) => conditionHolds({ argument, op: 'gt', value: 50 }, args);
    expect([at('payment.amount'), at('a.b'), at('payment.sum'), at('payment.amount.cents')]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(conditionHolds({ argument: 'constructor.name', op: 'eq', value: 'x' }, {})).toBe(true);
  });

  test('arguments of any kind are compared without an error', () => {
    const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;
    const operators = fc.constantFrom<ArgumentCondition['op']>(
      'eq',
      'ne',
      'gt',
      'in',
      'not_in',
      'contains',
      'starts_with',
    );
    fc.assert(
      fc.property(operators, json, json, (op, found, value) => {
        expect(typeof holds(op, found, value)).toBe('boolean');
      }),
    );
  });
});
