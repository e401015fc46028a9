import { expect, test } from '@jest/globals';
import { routingProblems } from './routing-problems.js';

const tiers = { simple: 'a/small', complex: 'a/large' };

test('a routing of tiers alone is enough', () => {
  expect(routingProblems({ tiers })).toEqual([]);
  expect(
    routingProblems({ tiers, default: 'simple', rules: [{ when: { min_turn: 2, max_turn: 2 }, use: 'complex' }] }),
  ).toEqual([]);
});

test('one without a tier is no routing', () => {
  expect(routingProblems({ tiers: {}, default: 'simple' })).toEqual([
    { path: ['tiers'], message: 'At least one tier is needed, such as simple.' },
  ]);
});

test('names every tier that is not there, and those that may have been meant', () => {
  const rules = [
    { when: {}, use: 'complex' },
    { when: {}, use: 'complx' },
  ];
  expect(routingProblems({ tiers, default: 'simpel', rules })).toEqual([
    { path: ['default'], message: 'There is no tier "simpel". Did you mean simple?' },
    { path: ['rules', '1', 'use'], message: 'There is no tier "complx". Did you mean complex?' },
  ]);
});

test('finds rules that would never hold', () => {
  const when = { min_input_tokens: 10, max_input_tokens: 9, min_turn: 3, max_turn: 1 };
  expect(routingProblems({ tiers, rules: [{ when, use: 'simple' }] })).toEqual([
    {
      path: ['rules', '0', 'when', 'max_input_tokens'],
      message: 'max_input_tokens is below min_input_tokens, so this rule would never hold.',
    },
    { path: ['rules', '0', 'when', 'max_turn'], message: 'max_turn is below min_turn, so this rule would never hold.' },
  ]);
});
