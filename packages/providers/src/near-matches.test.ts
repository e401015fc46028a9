import { expect, test } from '@jest/globals';
import { nearMatches } from './near-matches.js';

const candidates = ['anthropic', 'demo', 'ollama', 'openai', 'openrouter'];

test.each([
  ['opnai', ['openai']],
  ['OpenAI', ['openai']],
  ['antropic', ['anthropic']],
  ['olama', ['ollama']],
  ['mistral', []],
])('%s is near %j', (name, expected) => {
  expect(nearMatches(name, candidates)).toEqual(expected);
});

test('a page in place of a name is near nothing, and quickly so', () => {
  expect(nearMatches('x'.repeat(1_000_000), candidates)).toEqual([]);
});
