import { describe, expect, test } from '@jest/globals';
import type { MemoryStrategy } from '@troupe/contracts';
import fc from 'fast-check';
import type { HistoryMessage } from '../history/history-message.js';
import { historyLimit } from './history-limit.js';
import { selectMessages } from './select-messages.js';

/** One letter a message: User, Assistant, assistant with a Call, Tool result, System. */
function thread(letters: string): HistoryMessage[] {
  return [...letters].map((letter, index) => message(letter, index));
}

function message(letter: string, index: number): HistoryMessage {
  const text = { type: 'text' as const, text: `${index}` };
  switch (letter) {
    case 'U':
      return { role: 'user', content: [text] };
    case 'A':
      return { role: 'assistant', content: [text] };
    case 'C':
      return { role: 'assistant', content: [{ type: 'tool_call', id: `${index}`, name: 't', arguments: {} }] };
    case 'T':
      return {
        role: 'tool',
        content: [{ type: 'tool_result', tool_call_id: '', name: 't', status: 'completed', content: `${index}` }],
      };
    default:
      return { role: 'system', content: [text] };
  }
}

function kept(strategy: MemoryStrategy, letters: string, unsummarized?: number): number[] {
  const all = thread(letters);
  const selected = selectMessages(strategy, all, { unsummarized, estimateTokens: () => 10 });
  return selected.map((it) => all.indexOf(it));
}

describe('last_n', () => {
  test('keeps the newest messages', () => {
    expect(kept({ type: 'last_n', n: 3 }, 'UAUAU')).toEqual([2, 3, 4]);
  });

  test('keeps everything while there is room', () => {
    expect(kept({ type: 'last_n', n: 9 }, 'AUAU')).toEqual([0, 1, 2, 3]);
  });

  test('what was cut off ends before a user message', () => {
    expect(kept({ type: 'last_n', n: 4 }, 'UAUAU')).toEqual([2, 3, 4]);
  });

  test('does not split a tool call from its results', () => {
    expect(kept({ type: 'last_n', n: 4 }, 'UCTTAU')).toEqual([5]);
    expect(kept({ type: 'last_n', n: 5 }, 'UACTTU')).toEqual([5]);
    expect(kept({ type: 'last_n', n: 6 }, 'UUCTTAU')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('keeps the exchange under way, however long it is', () => {
    expect(kept({ type: 'last_n', n: 2 }, 'UAUCTCTCT')).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  test('never starts with a tool message', () => {
    expect(kept({ type: 'last_n', n: 9 }, 'TTU')).toEqual([2]);
  });

  test('keeps system messages, first', () => {
    expect(kept({ type: 'last_n', n: 1 }, 'SUASU')).toEqual([0, 3, 4]);
  });

  test('an empty thread stays empty', () => {
    expect(kept({ type: 'last_n', n: 3 }, '')).toEqual([]);
  });
});

describe('first_last', () => {
  test('keeps both ends', () => {
    expect(kept({ type: 'first_last', first: 2, last: 3 }, 'UAUAUAUAU')).toEqual([0, 1, 6, 7, 8]);
  });

  test('shows nothing twice in a short thread', () => {
    expect(kept({ type: 'first_last', first: 3, last: 3 }, 'UAU')).toEqual([0, 1, 2]);
  });

  test('does not split a tool call from its results at either end', () => {
    expect(kept({ type: 'first_last', first: 2, last: 2 }, 'UCTAUAU')).toEqual([0, 6]);
    expect(kept({ type: 'first_last', first: 3, last: 1 }, 'UCTAUAU')).toEqual([0, 1, 2, 6]);
  });
});

describe('token_window', () => {
  test('keeps as many newest messages as fit', () => {
    expect(kept({ type: 'token_window', max_tokens: 35 }, 'UAUAU')).toEqual([2, 3, 4]);
  });

  test('keeps the exchange under way even when it does not fit', () => {
    expect(kept({ type: 'token_window', max_tokens: 5 }, 'UAUCT')).toEqual([2, 3, 4]);
  });

  test('estimates four characters a token when no estimator is given', () => {
    const long: HistoryMessage[] = [
      { role: 'user', content: [{ type: 'text', text: 'x'.repeat(400) }] },
      { role: 'user', content: [{ type: 'text', text: 'y'.repeat(400) }] },
    ];
    expect(selectMessages({ type: 'token_window', max_tokens: 207 }, long)).toHaveLength(1);
    expect(selectMessages({ type: 'token_window', max_tokens: 208 }, long)).toHaveLength(2);
  });
});

describe('summary_window', () => {
  test('keeps the newest messages', () => {
    expect(kept({ type: 'summary_window', last: 3 }, 'UAUAU')).toEqual([2, 3, 4]);
  });

  test('also keeps what the summary does not cover yet, up to three windows', () => {
    expect(kept({ type: 'summary_window', last: 1 }, 'UAUAU', 3)).toEqual([2, 3, 4]);
    expect(kept({ type: 'summary_window', last: 1 }, 'UUUUUU', 6)).toEqual([3, 4, 5]);
  });
});

describe('historyLimit', () => {
  const strategies: fc.Arbitrary<MemoryStrategy> = fc.oneof(
    fc.integer({ min: 1, max: 12 }).map((n) => ({ type: 'last_n' as const, n })),
    fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 8 })).map(([first, last]) => ({
      type: 'first_last' as const,
      first,
      last,
    })),
    fc.integer({ min: 10, max: 200 }).map((max_tokens) => ({ type: 'token_window' as const, max_tokens })),
    fc.integer({ min: 1, max: 4 }).map((last) => ({ type: 'summary_window' as const, last })),
  );
  const turns = fc.constantFrom('UA', 'UCTA', 'UCTCTA', 'U', 'A');

  test('what it lets a store load gives the same selection as the whole thread', () => {
    fc.assert(
      fc.property(strategies, fc.array(turns, { maxLength: 20 }), (strategy, exchanges) => {
        const all = thread(`${exchanges.join('')}UCT`);
        const loaded = all.slice(-historyLimit(strategy, 1));
        expect(selectMessages(strategy, loaded)).toEqual(selectMessages(strategy, all));
      }),
    );
  });

  test('a selection never starts with a tool message nor separates a pair', () => {
    fc.assert(
      fc.property(strategies, fc.array(turns, { maxLength: 20 }), (strategy, exchanges) => {
        const selected = selectMessages(strategy, thread(exchanges.join('')));
        expect(selected[0]?.role).not.toBe('tool');
        for (const [index, { role, content }] of selected.entries()) {
          if (content[0]?.type === 'tool_call') expect(selected[index + 1]?.role).toBe('tool');
          if (role === 'tool') expect(selected[index - 1]?.content[0]?.type).toBe('tool_call');
        }
      }),
    );
  });

  test('a token window asks for no more messages than a request may hold', () => {
    expect(historyLimit({ type: 'token_window', max_tokens: 1_000_000 })).toBe(1_000);
  });

  test('covers the exchange under way, however short the window', () => {
    expect(historyLimit({ type: 'last_n', n: 1 }, 10)).toBeGreaterThan(2 * 10);
  });
});
