import { describe, expect, test } from '@jest/globals';
import { addUsage } from './add-usage.js';
import { usageOf } from './usage-of.js';

const usage = {
  inputTokens: 10,
  outputTokens: 5,
  cachedInputTokens: 4,
  cacheWriteInputTokens: 0,
  reasoningTokens: 2,
  cost: 0.5,
  estimated: false,
};

describe('usage', () => {
  test('total is input and output, which include cached and reasoning tokens', () => {
    expect(usageOf(usage)).toEqual({
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      cached_input_tokens: 4,
      reasoning_tokens: 2,
      cost: 0.5,
    });
  });

  test('a sum has a cost only when every part has one', () => {
    expect(addUsage(usageOf(usage), usageOf(usage))).toMatchObject({ total_tokens: 30, cost: 1 });
    expect(addUsage(usageOf(usage), usageOf({ ...usage, cost: undefined }))).toMatchObject({ cost: null });
  });
});
