import { describe, expect, test } from '@jest/globals';
import type { ContentPart } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';
import { historyAfterHandoff } from './history-after-handoff.js';

const text = (words: string): ContentPart => ({ type: 'text', text: words });
const call = (id: string, name: string): ContentPart => ({ type: 'tool_call', id, name, arguments: {} });
const result = (id: string, name: string, status: 'completed' | 'failed' = 'completed'): HistoryMessage => ({
  role: 'tool',
  content: [{ type: 'tool_result', tool_call_id: id, name, status, content: name }],
});
const say = (role: 'user' | 'assistant' | 'system', ...content: ContentPart[]): HistoryMessage => ({ role, content });

const TOOL = 'transfer_to_clerk';
const thread: HistoryMessage[] = [
  say('system', text('Be kind.')),
  say('user', text('First.')),
  say('assistant', { type: 'reasoning', text: 'Hm.' }, text('Looking.'), call('1', 'look')),
  result('1', 'look'),
  say('assistant', call('2', 'look')),
  result('2', 'look'),
  say('user', text('Second.')),
  say('assistant', text('The clerk knows.'), call('3', 'look'), call('4', TOOL), call('5', TOOL)),
  result('3', 'look', 'failed'),
  result('4', TOOL),
  result('5', TOOL, 'failed'),
  say('assistant', text('Here I am.'), call('6', 'pay')),
  result('6', 'pay'),
];

const seenBy = (history: 'full' | 'without_tools' | 'last_message', messages = thread) =>
  historyAfterHandoff({ history: messages, summary: 'So far.', unsummarized: 3 }, { tool: TOOL, history });

const words = (messages: readonly HistoryMessage[]) =>
  messages.map(({ role, content }) =>
    [role, ...content.map((part) => (part.type === 'text' ? part.text : part.type))].join(' '),
  );

const TURN = ['assistant The clerk knows. tool_call', 'tool tool_result'];
const AFTER = ['assistant Here I am. tool_call', 'tool tool_result'];

describe('what an agent sees that took over', () => {
  test('full: everything', () => {
    expect(seenBy('full')).toEqual({ history: thread, summary: 'So far.', unsummarized: 3 });
  });

  test('without tools: what was said, the handoff, and what came after it', () => {
    expect(words(seenBy('without_tools').history)).toEqual([
      'system Be kind.',
      'user First.',
      'assistant Looking.',
      'user Second.',
      ...TURN,
      ...AFTER,
    ]);
  });

  test('last message: that one, the handoff, and what came after it', () => {
    expect(words(seenBy('last_message').history)).toEqual(['system Be kind.', 'user Second.', ...TURN, ...AFTER]);
  });

  test('the summary tells of what is left out, so it is left out too', () => {
    expect(seenBy('last_message').summary).toBeUndefined();
  });

  test('the newest handoff counts', () => {
    const again = [...thread, say('user', text('Third.')), say('assistant', call('7', TOOL)), result('7', TOOL)];
    expect(words(seenBy('last_message', again).history)).toEqual([
      'system Be kind.',
      'user Third.',
      'assistant tool_call',
      'tool tool_result',
    ]);
  });

  test('of a handoff that is older than what was loaded, all there is came after it', () => {
    const later = thread.slice(11);
    expect(seenBy('last_message', later)).toEqual({ history: later, summary: 'So far.', unsummarized: 3 });
    expect(seenBy('last_message', thread.slice(9)).history).toEqual(thread.slice(9));
  });

  test('results that a store keeps in one message are told apart', () => {
    const together: HistoryMessage[] = [
      say('user', text('Hi.')),
      say('assistant', call('1', 'look'), call('2', TOOL)),
      { role: 'tool', content: [...result('1', 'look').content, ...result('2', TOOL).content] },
    ];
    const [, said, answered] = seenBy('last_message', together).history;
    expect([said?.content, answered?.content]).toMatchObject([[{ id: '2' }], [{ tool_call_id: '2' }]]);
  });
});
