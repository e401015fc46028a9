import { describe, expect, test } from '@jest/globals';
import { summaryDue } from './summary-window.js';

describe('summaryDue', () => {
  const strategy = { type: 'summary_window' as const, last: 10 };

  test('is due when a whole window has grown beyond the last', () => {
    expect(summaryDue(strategy, { message_count: 19, summarized_count: 0 })).toBeUndefined();
    expect(summaryDue(strategy, { message_count: 20, summarized_count: 0 })).toBe(10);
    expect(summaryDue(strategy, { message_count: 29, summarized_count: 10 })).toBeUndefined();
    expect(summaryDue(strategy, { message_count: 33, summarized_count: 10 })).toBe(23);
  });

  test('other strategies need none', () => {
    expect(summaryDue({ type: 'last_n', n: 1 }, { message_count: 99, summarized_count: 0 })).toBeUndefined();
  });
});
