import { describe, expect, test } from '@jest/globals';
import type { ContentPart, ToolCallPart, ToolResultPart } from '@troupe/contracts';
import fc from 'fast-check';
import type { HistoryMessage } from './history-message.js';
import { NO_RESULT, repairHistory } from './repair-history.js';

const text = (value: string): ContentPart => ({ type: 'text', text: value });
const call = (id: string, name = 'search'): ToolCallPart => ({ type: 'tool_call', id, name, arguments: {} });
const result = (id: string, status: ToolResultPart['status'] = 'completed'): ToolResultPart => ({
  type: 'tool_result',
  tool_call_id: id,
  name: 'search',
  status,
  content: `result of ${id}`,
});
const user: HistoryMessage = { role: 'user', content: [text('Hi')] };

describe('repairHistory', () => {
  test('a whole history stays as it is', () => {
    const whole: HistoryMessage[] = [
      user,
      { role: 'assistant', content: [text('Let me see.'), call('a'), call('b')] },
      { role: 'tool', content: [result('a'), result('b')] },
      { role: 'assistant', content: [text('Done.')] },
    ];
    expect(repairHistory(whole)).toEqual(whole);
  });

  test('a call without a result gets one that says so', () => {
    const repaired = repairHistory([user, { role: 'assistant', content: [call('a')] }]);
    expect(repaired[2]).toEqual({
      role: 'tool',
      content: [{ type: 'tool_result', tool_call_id: 'a', name: 'search', status: 'failed', content: NO_RESULT }],
    });
  });

  test('a pending result counts as missing', () => {
    const repaired = repairHistory([
      user,
      { role: 'assistant', content: [call('a')] },
      { role: 'tool', content: [result('a', 'pending')] },
    ]);
    expect(repaired).toHaveLength(3);
    expect(repaired[2]?.content[0]).toMatchObject({ status: 'failed', content: NO_RESULT });
  });

  test('results in several messages become one, in the order of the calls', () => {
    const repaired = repairHistory([
      { role: 'assistant', content: [call('a'), call('b')] },
      { role: 'tool', content: [result('b')] },
      user,
      { role: 'tool', content: [result('a')] },
    ]);
    expect(repaired.map((message) => message.role)).toEqual(['assistant', 'tool', 'user']);
    expect(repaired[1]?.content).toEqual([result('a'), result('b')]);
  });

  test('results without a call are dropped', () => {
    expect(repairHistory([{ role: 'tool', content: [result('a')] }, user])).toEqual([user]);
  });

  test('a call id that occurs again is renamed together with its result', () => {
    const turn: HistoryMessage[] = [
      { role: 'assistant', content: [call('call_0')] },
      { role: 'tool', content: [result('call_0')] },
    ];
    const repaired = repairHistory([...turn, ...turn]);
    expect(repaired[2]?.content[0]).toMatchObject({ id: 'call_0_2' });
    expect(repaired[3]?.content[0]).toMatchObject({ tool_call_id: 'call_0_2', content: 'result of call_0' });
  });

  test('empty texts and messages that hold nothing are dropped', () => {
    const history: HistoryMessage[] = [
      { role: 'user', content: [text(''), text('Hi')] },
      { role: 'assistant', content: [text('')] },
    ];
    expect(repairHistory(history)).toEqual([user]);
  });

  test('whatever the history, calls and results pair up exactly and ids occur once', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const message: fc.Arbitrary<HistoryMessage> = fc.oneof(
      fc.constant(user),
      fc
        .array(
          fc.oneof(
            id.map((it) => call(it)),
            fc.constant(text('x')),
          ),
          { maxLength: 3 },
        )
        .map((content) => ({
          role: 'assistant' as const,
          content,
        })),
      fc
        .array(fc.tuple(id, fc.constantFrom('pending' as const, 'completed' as const)), { maxLength: 3 })
        .map((results) => ({ role: 'tool' as const, content: results.map(([it, status]) => result(it, status)) })),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (history) => {
        const repaired = repairHistory(history);
        const seen = new Set<string>();
        for (const [index, { role, content }] of repaired.entries()) {
          const ids = content.flatMap((part) => (part.type === 'tool_call' ? [part.id] : []));
          for (const it of ids) {
            expect(seen.has(it)).toBe(false);
            seen.add(it);
          }
          const next = repaired[index + 1];
          const answered = next?.role === 'tool' ? next.content : [];
          if (role === 'assistant') {
            expect(answered.map((part) => part.type === 'tool_result' && part.tool_call_id)).toEqual(ids);
          }
          if (role === 'tool') expect(repaired[index - 1]?.role).toBe('assistant');
        }
      }),
    );
  });
});
