import { describe, expect, test } from '@jest/globals';
import type { ModelEvent, ModelRequest, ModelResponse } from '@troupe/spec';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import { ChatCompletionParser } from './chat-completion-parser.js';

const request: ModelRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] };

function read(...frames: (object | string)[]): { events: ModelEvent[]; response: ModelResponse } {
  const parser = new ChatCompletionParser(request, 'asked');
  const events: ModelEvent[] = [];
  for (const frame of frames) parser.push(typeof frame === 'string' ? frame : JSON.stringify(frame), events);
  parser.push('[DONE]', events);
  expect(parser.ended).toBe(true);
  return { events, response: parser.finish() };
}

const delta = (value: object) => ({ choices: [{ index: 0, delta: value, finish_reason: null }] });
const finish = (reason: string) => ({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
const piece = (index: number | undefined, id: string | undefined, name: string | undefined, args: string) =>
  delta({ tool_calls: [{ index, id, function: { name, arguments: args } }] });

describe('ChatCompletionParser', () => {
  test('pieces that are alike but for their text are read like all others, whatever comes between them', () => {
    const texts = ['Say', ' "yes"', '\n', '{}', 'ü', ' Say'];
    const { response, events } = read(
      ...texts.map((content) => delta({ content })),
      delta({ reasoning_content: 'Hm' }),
      delta({ content: '!' }),
      delta({ content: '?', refusal: '.' }),
      piece(0, 'a', 'one', '{}'),
      delta({ content: '' }),
      finish('tool_calls'),
    );
    expect(events.flatMap((event) => (event.type === 'text.delta' ? event.delta : []))).toEqual([
      ...texts,
      '!',
      '?',
      '.',
    ]);
    expect(
      response.content.map((part) => (part.type === 'tool_call' ? part.name : 'text' in part && part.text)),
    ).toEqual([texts.join(''), 'Hm', '!?.', 'one']);
  });

  test('calls whose pieces are interleaved are told apart by index', () => {
    const { response, events } = read(
      piece(0, 'a', 'one', '{"x"'),
      piece(1, 'b', 'two', '{"y"'),
      piece(0, undefined, undefined, ':1}'),
      piece(1, undefined, undefined, ':2}'),
      finish('tool_calls'),
    );
    expect(response.content).toEqual([
      { type: 'tool_call', id: 'a', name: 'one', arguments: { x: 1 } },
      { type: 'tool_call', id: 'b', name: 'two', arguments: { y: 2 } },
    ]);
    expect(events.map((event) => event.type)).toEqual([
      'tool_call.started',
      'tool_call.delta',
      'tool_call.started',
      'tool_call.delta',
      'tool_call.delta',
      'tool_call.delta',
    ]);
  });

  test.each([
    ['without any index', undefined, undefined],
    ['all numbered 0', 0, 0],
  ])('calls %s are told apart by id', (_name, first, second) => {
    const { response } = read(
      piece(first, 'a', 'one', '{'),
      piece(first, undefined, undefined, '}'),
      piece(second, 'b', 'two', '{}'),
      finish('stop'),
    );
    expect(response.content.map((part) => part.type === 'tool_call' && [part.id, part.name])).toEqual([
      ['a', 'one'],
      ['b', 'two'],
    ]);
    expect(response.finish).toEqual({ reason: 'tool_calls', raw: 'stop' });
  });

  test('an id that comes with every piece begins one call', () => {
    const { response } = read(piece(0, 'a', 'one', '{"x":'), piece(0, 'a', 'one', '1}'), finish('tool_calls'));
    expect(response.content).toEqual([{ type: 'tool_call', id: 'a', name: 'one', arguments: { x: 1 } }]);
  });

  test('a name that comes late starts the call with what had come before', () => {
    const { response, events } = read(
      piece(0, 'a', undefined, '{"x":'),
      piece(0, undefined, 'one', '1'),
      piece(0, undefined, undefined, '}'),
      finish('tool_calls'),
    );
    expect(events[0]).toEqual({ type: 'tool_call.started', index: 0, id: 'a', name: 'one' });
    expect(events[1]).toEqual({ type: 'tool_call.delta', index: 0, delta: '{"x":1' });
    expect(response.content).toMatchObject([{ arguments: { x: 1 } }]);
  });

  test('a call without an id gets one', () => {
    const { response } = read(piece(0, undefined, 'one', '{}'), finish('tool_calls'));
    expect(response.content).toEqual([
      { type: 'tool_call', id: expect.stringMatching(/^call_[0-9a-f]{32}$/), name: 'one', arguments: {} },
    ]);
  });

  test('usage that comes in a piece of its own, or with every piece, is the last that came', () => {
    const usage = (tokens: number) => ({ choices: [], usage: { prompt_tokens: 3, completion_tokens: tokens } });
    const { response } = read(delta({ content: 'Hi' }), usage(1), finish('stop'), usage(2));
    expect(response.usage).toMatchObject({ inputTokens: 3, outputTokens: 2, estimated: false });
  });

  test('usage that never comes is estimated and said to be', () => {
    const { response } = read(delta({ content: 'Hello there' }), finish('stop'));
    expect(response.usage).toEqual({
      inputTokens: 2,
      outputTokens: 3,
      cachedInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningTokens: 0,
      estimated: true,
    });
  });

  test('reasoning of compatible servers is shown and has no envelope', () => {
    const { response } = read(delta({ reasoning_content: 'Hm.' }), delta({ content: 'Yes.' }), finish('stop'));
    expect(response.content).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Yes.' },
    ]);
  });

  test('the model that answered is named where it is another', () => {
    const head = { id: 'x-1', model: 'asked-2026-01-01' };
    expect(read({ ...delta({ content: 'a' }), ...head }, finish('stop')).response).toMatchObject({
      responseId: 'x-1',
      servedBy: 'asked-2026-01-01',
    });
    const same = read({ ...delta({ content: 'a' }), model: 'asked' }, finish('stop')).response;
    expect(same).not.toHaveProperty('servedBy');
  });

  test('padding, empty deltas and unknown fields are passed over', () => {
    const frames = [{ obfuscation: 'xxxx' }, delta({ role: 'assistant', content: '' }), delta({ content: null })];
    const { response, events } = read(...frames, delta({ content: 'a', annotations: [] }), finish('stop'));
    expect(events).toEqual([{ type: 'text.delta', delta: 'a' }]);
    expect(response.content).toEqual([{ type: 'text', text: 'a' }]);
  });

  test('an end marker without a finish reason is no answer', () => {
    expect(() => read(delta({ content: 'a' }))).toThrow(MalformedAnswer);
  });

  test.each(['null', '5', '"text"'])('a piece that is %s is no piece', (frame) => {
    expect(() => read(frame)).toThrow(MalformedAnswer);
  });

  test.each([
    [{ error: { message: 'slow down', code: 'rate_limit_exceeded' } }, 429],
    [{ error: { message: 'busy', type: 'server_error' } }, 500],
    [{ error: { message: 'bad gateway', code: 502 }, choices: [] }, 502],
    [{ choices: [{ error: { message: 'flagged', code: 403 }, finish_reason: 'error' }] }, 403],
    [finish('error'), 502],
  ])('an error in place of a piece is thrown: %j', (frame, status) => {
    const parser = new ChatCompletionParser(request, 'asked');
    const thrown = () => parser.push(JSON.stringify(frame), []);
    expect(thrown).toThrow(ReportedFailure);
    expect(thrown).toThrow(expect.objectContaining({ failure: expect.objectContaining({ status }) }));
  });
});
