import { describe, expect, test } from '@jest/globals';
import type { ModelEvent, ModelRequest } from '@troupe/spec';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import { OllamaChatParser } from './ollama-chat-parser.js';

const request: ModelRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] };

function read(...lines: object[]) {
  const parser = new OllamaChatParser(request, 'llama3.1');
  const events: ModelEvent[] = [];
  for (const line of lines) parser.push(JSON.stringify(line), events);
  return { events, parser };
}

describe('OllamaChatParser', () => {
  test('calls come whole and get ids', () => {
    const { parser, events } = read(
      { message: { content: '', tool_calls: [{ function: { name: 'one', arguments: { a: 1 } } }] }, done: false },
      { message: { content: '', tool_calls: [{ id: 'given', function: { name: 'two' } }] }, done: false },
      { message: { content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 4 },
    );
    const { content, finish, usage } = parser.finish();
    expect(content).toEqual([
      { type: 'tool_call', id: expect.stringMatching(/^call_/), name: 'one', arguments: { a: 1 } },
      { type: 'tool_call', id: 'given', name: 'two', arguments: {} },
    ]);
    expect(finish).toEqual({ reason: 'tool_calls', raw: 'stop' });
    expect(usage).toMatchObject({ inputTokens: 3, outputTokens: 4, estimated: false });
    expect(events.map(({ type }) => type)).toEqual([
      'tool_call.started',
      'tool_call.delta',
      'tool_call.started',
      'tool_call.delta',
    ]);
  });

  test('counts that are missing are estimated, a reason that is missing is stop', () => {
    const { parser } = read({ message: { content: 'Hi' }, done: false }, { done: true });
    expect(parser.finish()).toMatchObject({ finish: { reason: 'stop' }, usage: { estimated: true } });
  });

  test.each(['', 'load', 'unload'])('the reason "%s" is no end of an answer', (done_reason) => {
    const { parser } = read({ message: { content: 'Hi' }, done: true, done_reason });
    expect(parser.ended).toBe(false);
    expect(() => parser.finish()).toThrow(MalformedAnswer);
  });

  test.each([
    ["model 'x' not found", 404],
    ['server busy, please try again. maximum pending requests exceeded', 503],
    ['"x" does not support tools', 400],
    ['unexpected EOF', 500],
  ])('the error line "%s" stands for status %i', (error, status) => {
    const broken = () => read({ error });
    expect(broken).toThrow(ReportedFailure);
    expect(broken).toThrow(expect.objectContaining({ failure: { status, message: error } }));
  });
});
