import { describe, expect, test } from '@jest/globals';
import type { ModelUsage } from '@troupe/spec';
import fc from 'fast-check';
import { createPriceBook } from './create-price-book.js';
import type { OwnPrices } from './own-prices.js';

const MILLION = 1_000_000;

function usage(counts: Partial<ModelUsage> = {}): ModelUsage {
  return {
    inputTokens: MILLION,
    outputTokens: MILLION,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningTokens: 0,
    estimated: false,
    ...counts,
  };
}

function own(...prices: OwnPrices['prices'][number][]): OwnPrices {
  return { version: 'own@1', prices, vendors: {} };
}

describe('published prices', () => {
  const book = createPriceBook();

  // Models whose prices their vendors keep: https://openai.com/api/pricing, https://claude.com/pricing
  test.each([
    ['openai/gpt-4o', {}, 2.5 + 10],
    ['openai/gpt-4o', { cachedInputTokens: MILLION, outputTokens: 0 }, 1.25],
    ['openai/gpt-4o-2024-08-06', { inputTokens: 0 }, 10],
    ['openai/gpt-4o-mini', { outputTokens: 0 }, 0.15],
    ['anthropic/claude-haiku-4-5-20251001', {}, 1 + 5],
    ['anthropic/claude-haiku-4-5', { cachedInputTokens: MILLION, outputTokens: 0 }, 0.1],
    ['anthropic/claude-haiku-4-5', { cacheWriteInputTokens: MILLION, outputTokens: 0 }, 1.25],
    [
      'anthropic/claude-haiku-4-5',
      { cacheWriteInputTokens: MILLION, longCacheWriteInputTokens: MILLION / 2, outputTokens: 0 },
      (1.25 + 2) / 2,
    ],
    ['openai/gpt-4o', { cacheWriteInputTokens: MILLION, longCacheWriteInputTokens: MILLION, outputTokens: 0 }, 2.5],
    ['openrouter/anthropic/claude-sonnet-4', {}, 3 + 15],
  ])('%s with %j', (model, counts, cost) => {
    const priced = book.priceOf(model, usage(counts));
    expect(priced?.cost).toBeCloseTo(cost, 9);
    expect(priced?.priceVersion).toMatch(/^@pydantic\/genai-prices@\d+\.\d+\.\d+$/);
  });

  test('parts of the input have prices of their own, and none is paid twice', () => {
    const parts = { inputTokens: 10_000, cachedInputTokens: 6_000, cacheWriteInputTokens: 3_000, outputTokens: 0 };
    const cost = (1_000 * 3 + 6_000 * 0.3 + 3_000 * 3.75) / MILLION;
    expect(book.priceOf('anthropic/claude-sonnet-4-5', usage(parts))?.cost).toBeCloseTo(cost, 12);
  });

  test('reasoning is output', () => {
    const [with_, without] = [{ reasoningTokens: MILLION / 2 }, {}].map((counts) =>
      book.priceOf('openai/gpt-5', usage(counts)),
    );
    expect(with_).toEqual(without);
  });

  test('a batch costs half', () => {
    for (const model of ['openai/gpt-4o', 'anthropic/claude-haiku-4-5']) {
      const single = book.priceOf(model, usage())?.cost ?? Number.NaN;
      expect(book.priceOf(model, usage(), { batch: true })?.cost).toBeCloseTo(single / 2, 9);
    }
    expect(book.priceOf('openrouter/openai/gpt-4o', usage(), { batch: true })).toBeUndefined();
  });

  test.each([
    'openai/gpt-4o-of-a-year-to-come',
    'openai/nothing',
    'anthropic/claude-nothing-9',
    'openrouter/openrouter/auto',
    'ollama/llama3.1',
    // Sold elsewhere under this name; here it runs on hardware of one's own.
    'ollama/gpt-4o',
    'my-openai/gpt-4o',
    'gpt-4o',
    'openai/',
    '',
  ])('there is none for "%s"', (model) => {
    expect(book.priceOf(model, usage())).toBeUndefined();
    expect(book.priceOf(model, usage({ inputTokens: 0, outputTokens: 0 }))).toBeUndefined();
  });

  test('what only has a price for input has none for output', () => {
    expect(book.priceOf('openai/text-embedding-3-small', usage({ outputTokens: 0 }))?.cost).toBeCloseTo(0.02, 9);
    expect(book.priceOf('openai/text-embedding-3-small', usage())).toBeUndefined();
    expect(book.priceOf('openai/omni-moderation-latest', usage())).toBeUndefined();
  });

  test('a model that is offered for free costs nothing', () => {
    expect(book.priceOf('openrouter/deepseek/deepseek-r1:free', usage())).toMatchObject({ cost: 0 });
  });

  test('counts that contradict each other are no reason to fail', () => {
    const odd = {
      inputTokens: 10,
      cachedInputTokens: 20,
      cacheWriteInputTokens: 20,
      outputTokens: 1,
      reasoningTokens: 9,
    };
    expect(book.priceOf('anthropic/claude-haiku-4-5', usage(odd))?.cost).toBeGreaterThan(0);
    expect(book.priceOf('openai/gpt-4o', usage({ inputTokens: Number.NaN }))).toBeUndefined();
    expect(book.priceOf('openai/gpt-4o', usage({ outputTokens: -1 }))).toBeUndefined();
    const mine = createPriceBook({ own: own({ model: 'a/b', input: 1, output: 1 }) });
    expect(mine.priceOf('a/b', usage({ inputTokens: Number.NaN }))).toBeUndefined();
  });

  test('are neither negative nor falling with what is used', () => {
    const tokens = fc.nat(2 * MILLION);
    fc.assert(
      fc.property(
        fc.constantFrom(
          'openai/gpt-5',
          'openai/gpt-4o-mini',
          'anthropic/claude-sonnet-4-5',
          'openrouter/openai/gpt-4o',
        ),
        tokens,
        tokens,
        tokens,
        (model, inputTokens, outputTokens, more) => {
          const cost = (counts: Partial<ModelUsage>) => book.priceOf(model, usage(counts))?.cost ?? Number.NaN;
          const less = cost({ inputTokens, outputTokens });
          expect(less).toBeGreaterThanOrEqual(0);
          expect(cost({ inputTokens: inputTokens + more, outputTokens })).toBeGreaterThanOrEqual(less);
          expect(cost({ inputTokens, outputTokens: outputTokens + more })).toBeGreaterThanOrEqual(less);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('whose prices hold', () => {
  test('those of the vendor at the address', () => {
    const baseUrls = {
      openai: 'http://127.0.0.1:8000/v1',
      anthropic: 'https://api.anthropic.com',
      fast: 'https://api.groq.com/openai/v1',
      proxy: 'https://proxy.example.com/https://api.openai.com/v1',
    };
    const book = createPriceBook({ baseUrls });
    expect(book.priceOf('openai/gpt-4o', usage())).toBeUndefined();
    expect(book.priceOf('proxy/gpt-4o', usage())).toBeUndefined();
    expect(book.priceOf('anthropic/claude-haiku-4-5', usage())?.cost).toBeCloseTo(6, 9);
    expect(book.priceOf('fast/llama-3.3-70b-versatile', usage())?.cost).toBeCloseTo(0.59 + 0.79, 9);
  });

  test('those that the operator named, whatever the address is', () => {
    const baseUrls = { proxy: 'https://proxy.example.com/v1' };
    const book = createPriceBook({ baseUrls, own: { version: 'own@1', prices: [], vendors: { proxy: 'openai' } } });
    expect(book.priceOf('proxy/gpt-4o', usage())?.cost).toBeCloseTo(12.5, 9);
  });
});

describe('other prices', () => {
  test("a provider's own word wins", () => {
    const book = createPriceBook({ own: own({ model: 'openrouter/*', input: 1, output: 1 }) });
    expect(book.priceOf('openrouter/openai/gpt-4o', usage({ cost: 0.007 }))).toEqual({
      cost: 0.007,
      priceVersion: 'provider',
    });
    expect(book.priceOf('anything/at-all', usage({ cost: 0 }))).toEqual({ cost: 0, priceVersion: 'provider' });
  });

  test('the demo costs nothing', () => {
    expect(createPriceBook().priceOf('demo/demo', usage())).toEqual({ cost: 0, priceVersion: 'demo' });
  });

  test("the operator's win over published ones, and the one that says most over the others", () => {
    const book = createPriceBook({
      own: own(
        { model: 'openai/*', input: 1, output: 1 },
        { model: 'openai/gpt-*', input: 2, output: 2 },
        { model: 'openai/gpt-4o', input: 3, output: 3 },
        { model: 'ollama/*', input: 0, output: 0 },
      ),
    });
    const costs = ['openai/o3', 'openai/gpt-5', 'openai/gpt-4o', 'ollama/llama3.1'].map((model) =>
      book.priceOf(model, usage({ outputTokens: 0 })),
    );
    expect(costs).toEqual([1, 2, 3, 0].map((cost) => ({ cost, priceVersion: 'own@1' })));
    expect(book.priceOf('anthropic/claude-haiku-4-5', usage())?.priceVersion).toContain('genai-prices');
  });

  test("the operator's may tell cached input, cache writes, reasoning and batches apart", () => {
    const price = { model: 'a/b', input: 10, output: 20, cached_input: 1, cache_write: 15, reasoning: 40, batch: 0.25 };
    const book = createPriceBook({ own: own(price, { model: 'a/plain', input: 10, output: 20 }) });
    const parts = { cachedInputTokens: 400_000, cacheWriteInputTokens: 200_000, reasoningTokens: 500_000 };
    expect(book.priceOf('a/b', usage(parts))?.cost).toBeCloseTo(4 + 0.4 + 3 + 10 + 20, 9);
    expect(book.priceOf('a/b', usage(parts), { batch: true })?.cost).toBeCloseTo(37.4 / 4, 9);
    expect(book.priceOf('a/plain', usage(parts))?.cost).toBeCloseTo(30, 9);
    expect(book.priceOf('a/plain', usage(parts), { batch: true })).toBeUndefined();
  });

  test("the operator's may tell writes that stay for an hour from the others", () => {
    const price = { model: 'a/b', input: 10, output: 20, cache_write: 15 };
    const book = createPriceBook({ own: own({ ...price, cache_write_1h: 30 }, { ...price, model: 'a/one-price' }) });
    const parts = { cacheWriteInputTokens: 200_000, longCacheWriteInputTokens: 100_000, outputTokens: 0 };
    expect(book.priceOf('a/b', usage(parts))?.cost).toBeCloseTo(8 + 1.5 + 3, 9);
    expect(book.priceOf('a/one-price', usage(parts))?.cost).toBeCloseTo(8 + 3, 9);
  });
});
