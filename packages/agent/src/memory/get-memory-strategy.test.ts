import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HistoryMessage } from '../history/history-message.js';
import { prepareTurn } from '../turn/prepare-turn.js';
import { getMemoryStrategy } from './get-memory-strategy.js';

describe('getMemoryStrategy', () => {
  test('gives strategies with their defaults', () => {
    expect(getMemoryStrategy('last_n')).toEqual({ type: 'last_n', n: 20 });
    expect(getMemoryStrategy('first_last', { first: 0 })).toEqual({ type: 'first_last', first: 0, last: 10 });
    expect(getMemoryStrategy('token_window', { maxTokens: 500 })).toEqual({ type: 'token_window', max_tokens: 500 });
    expect(getMemoryStrategy('summary_window')).toEqual({ type: 'summary_window', last: 30 });
  });

  test.each([
    [() => getMemoryStrategy('last_n', { n: 0 }), 'n is 0: it must be a whole number of at least 1.'],
    [() => getMemoryStrategy('first_last', { last: 1.5 }), 'last is 1.5'],
    [() => getMemoryStrategy('token_window', { maxTokens: Number.NaN }), 'maxTokens is NaN'],
    [() => getMemoryStrategy('last' as 'last_n'), 'There is no memory strategy "last"'],
    [() => getMemoryStrategy('constructor' as 'last_n'), 'There is no memory strategy "constructor"'],
  ])('refuses nonsense: %#', (create, message) => {
    expect(create).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(message) }),
    );
  });
});

/** An exchange: what the user says, tool rounds (each with so many calls at once), the answer. */
const exchange = fc.record({
  system: fc.boolean(),
  rounds: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
  answered: fc.boolean(),
  apart: fc.boolean(),
});

type Exchange = { system: boolean; rounds: number[]; answered: boolean; apart: boolean };

function threadOf(exchanges: readonly Exchange[]): HistoryMessage[] {
  const messages: HistoryMessage[] = [];
  const say = (role: 'system' | 'user' | 'assistant', text: string) =>
    messages.push({ role, content: [{ type: 'text', text }] });
  exchanges.forEach(({ system, rounds, answered, apart }, number) => {
    if (system) say('system', `RULE-${number}.`);
    say('user', `question ${number}`);
    rounds.forEach((calls, round) => {
      const ids = Array.from({ length: calls }, (_, call) => `${number}-${round}-${call}`);
      messages.push({
        role: 'assistant',
        content: ids.map((id) => ({ type: 'tool_call' as const, id, name: 'look', arguments: {} })),
      });
      const results = ids.map((id) => ({
        type: 'tool_result' as const,
        tool_call_id: id,
        name: 'look',
        status: 'completed' as const,
        content: `seen ${id}`,
      }));
      // A library keeps the results of a round in one message, a server each in its own.
      if (apart) for (const result of results) messages.push({ role: 'tool', content: [result] });
      else messages.push({ role: 'tool', content: results });
    });
    if (answered) say('assistant', `answer ${number}`);
  });
  return messages;
}

const strategy = fc.oneof(
  fc.record({ n: fc.integer({ min: 1, max: 15 }) }).map((options) => getMemoryStrategy('last_n', options)),
  fc
    .record({ first: fc.integer({ min: 0, max: 8 }), last: fc.integer({ min: 1, max: 10 }) })
    .map((options) => getMemoryStrategy('first_last', options)),
  fc
    .record({ maxTokens: fc.integer({ min: 1, max: 300 }) })
    .map((options) => getMemoryStrategy('token_window', options)),
  fc.record({ last: fc.integer({ min: 1, max: 8 }) }).map((options) => getMemoryStrategy('summary_window', options)),
);

describe('every strategy', () => {
  const request = (memory: ReturnType<typeof getMemoryStrategy>, history: HistoryMessage[], turn = 1) =>
    prepareTurn({ configuration: { definition: { role: 'ROLE.' }, memory, max_turns: 10 }, tools: [], history, turn });

  test('keeps the system part whole: the prompt, and each system message of the thread', () => {
    fc.assert(
      fc.property(strategy, fc.array(exchange, { maxLength: 12 }), (memory, exchanges) => {
        const rules = exchanges.flatMap(({ system }, number) => (system ? [`RULE-${number}.`] : []));
        expect(request(memory, threadOf(exchanges)).system).toBe(['ROLE.', ...rules].join('\n\n'));
      }),
    );
  });

  test('never splits a tool pair: each call has its own result right after it, and each result its call', () => {
    fc.assert(
      fc.property(strategy, fc.array(exchange, { minLength: 1, maxLength: 12 }), (memory, exchanges) => {
        const { messages } = request(memory, threadOf(exchanges));
        messages.forEach(({ role, content }, index) => {
          const called = content.flatMap((part) => (part.type === 'tool_call' ? [part.id] : []));
          const next = messages[index + 1]?.content.flatMap((part) =>
            // A result that was made up in place of a lost one would say something else.
            part.type === 'tool_result' && part.content === `seen ${part.tool_call_id}` ? [part.tool_call_id] : [],
          );
          if (called.length > 0) expect(next).toEqual(called);
          if (role === 'tool') expect(messages[index - 1]?.content[0]?.type).toBe('tool_call');
        });
      }),
    );
  });

  test('shows what the user said last', () => {
    fc.assert(
      fc.property(strategy, fc.array(exchange, { minLength: 1, maxLength: 12 }), (memory, exchanges) => {
        const said = request(memory, threadOf(exchanges)).messages.filter(({ role }) => role === 'user');
        expect(said.at(-1)?.content).toEqual([{ type: 'text', text: `question ${exchanges.length - 1}` }]);
      }),
    );
  });
});
