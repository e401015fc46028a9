import { describe, expect, test } from '@jest/globals';
import type { Tool } from '@troupe/spec';
import type { HistoryMessage } from '../history/history-message.js';
import { prepareTurn, type TurnInput } from './prepare-turn.js';

const tool: Tool = {
  name: 'current_time',
  description: 'Tells the time.',
  parameters: { type: 'object', properties: {} },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => 'noon',
};
const user: HistoryMessage = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };

function prepare(changes: Partial<TurnInput> = {}) {
  return prepareTurn({
    configuration: { definition: { role: 'You help.' }, memory: { type: 'last_n', n: 10 }, max_turns: 3 },
    tools: [],
    history: [user],
    turn: 1,
    ...changes,
  });
}

describe('prepareTurn', () => {
  test('an agent without tools gets prompt and messages, nothing else', () => {
    expect(prepare()).toEqual({ system: 'You help.', messages: [user] });
  });

  test('shows tools as the model sees them', () => {
    const { name, description, parameters } = tool;
    expect(prepare({ tools: [tool] })).toEqual({
      system: 'You help.',
      messages: [user],
      tools: [{ name, description, parameters }],
    });
  });

  test('withholds tools in the last turn, so that the model answers', () => {
    expect(prepare({ tools: [tool], turn: 2 }).toolChoice).toBeUndefined();
    expect(prepare({ tools: [tool], turn: 3 }).toolChoice).toBe('none');
  });

  test('facts, summary and settings reach the request', () => {
    const request = prepare({
      configuration: {
        definition: { role: 'You help.' },
        memory: { type: 'summary_window', last: 10 },
        max_turns: 3,
        model_settings: { temperature: 0.2 },
      },
      facts: [{ key: 'name', value: 'Phil' }],
      summary: 'They met.',
    });
    expect(request.system).toContain('"name": "Phil"');
    expect(request.system).toContain('"They met."');
    expect(request.settings).toEqual({ temperature: 0.2 });
  });

  test('system messages of the thread join the prompt, behind it', () => {
    const request = prepare({
      history: [{ role: 'system', content: [{ type: 'text', text: 'Speak French.' }] }, user],
    });
    expect(request.system).toBe('You help.\n\nSpeak French.');
    expect(request.messages).toEqual([user]);
  });

  test('the memory strategy chooses, and what is left is repaired', () => {
    const request = prepare({
      configuration: { definition: { role: 'You help.' }, memory: { type: 'last_n', n: 1 }, max_turns: 3 },
      history: [
        { role: 'user', content: [{ type: 'text', text: 'old' }] },
        user,
        { role: 'assistant', content: [{ type: 'tool_call', id: 'a', name: 'current_time', arguments: {} }] },
      ],
    });
    expect(request.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool']);
  });
});
