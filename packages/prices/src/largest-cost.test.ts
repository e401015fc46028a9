import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPriceBook } from './create-price-book.js';
import { largestCost } from './largest-cost.js';

const own = {
  version: 'own@1',
  prices: [{ model: 'a/b', input: 1, output: 1, cached_input: 0.1, cache_write: 2, cache_write_1h: 4, reasoning: 3 }],
  vendors: {},
};
const book = createPriceBook({ own });

test('no call that stays within its tokens costs more', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('openai/gpt-5', 'openai/gpt-5.5', 'anthropic/claude-sonnet-4-5', 'a/b'),
      fc.nat(500_000),
      fc.nat(100_000),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
      (model, input, output, shares) => {
        const part = (whole: number, index: number) => Math.floor(whole * (shares[index] ?? 0));
        const inputTokens = part(input, 0);
        const outputTokens = part(output, 1);
        const cachedInputTokens = part(inputTokens, 2);
        const cacheWriteInputTokens = part(inputTokens - cachedInputTokens, 3);
        const usage = {
          inputTokens,
          outputTokens,
          cachedInputTokens,
          cacheWriteInputTokens,
          longCacheWriteInputTokens: part(cacheWriteInputTokens, 5),
          reasoningTokens: part(outputTokens, 4),
          estimated: false,
        };
        const cost = book.priceOf(model, usage)?.cost ?? Number.NaN;
        expect(cost).toBeLessThanOrEqual(largestCost(book, model, { input, output }) ?? Number.NaN);
      },
    ),
    {
      numRuns: 500,
      // Dear to send and dear to think at once.
      examples: [['a/b', 7, 11, [1, 0.91, 0, 0.86, 0.9, 0]]],
    },
  );
});

test('nobody knows it where nobody knows the price', () => {
  expect(largestCost(book, 'ollama/llama3.1', { input: 1, output: 1 })).toBeUndefined();
  expect(largestCost(book, 'demo/demo', { input: 1, output: 1 })).toBe(0);
  const single = largestCost(book, 'openai/gpt-4o', { input: 1_000, output: 1_000 }) ?? Number.NaN;
  expect(largestCost(book, 'openai/gpt-4o', { input: 1_000, output: 1_000 }, { batch: true })).toBeCloseTo(
    single / 2,
    9,
  );
});
