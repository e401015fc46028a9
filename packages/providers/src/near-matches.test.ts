import { expect, test } from '@jest/globals';
import { nearMatches } from './near-matches.js';

const candidates = ['anthropic', 'demo', 'ollama', 'openai', 'openrouter'];

test.each([
  ['opnai', ['openai']],
  ['OpenAI', ['openai']],
  ['antropic', ['anthropic']],
  ['olama', ['ollama']],
  ['mistral', []],
  ['x'.repeat(10_000), []],
])('%s is near %j', (name, expected) => {
  expect(nearMatches(name, candidates)).toEqual(expected);
});
