import { describe, expect, test } from '@jest/globals';
import type { ModelEvent, ModelRequest } from '@troupe/spec';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import { AnthropicMessageParser } from './anthropic-message-parser.js';

const request: ModelRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] };

function read(...frames: object[]) {
  const parser = new AnthropicMessageParser(request, 'claude-x');
  const events: ModelEvent[] = [];
  for (const frame of frames) parser.push(JSON.stringify(frame), events);
  return { events, parser };
}

const start = (block: object) => ({ type: 'content_block_start', content_block: block });
const delta = (value: object) => ({ type: 'content_block_delta', delta: value });
const stop = { type: 'content_block_stop' };
const end = [{ type: 'message_delta', delta: { stop_reason: 'tool_use' } }, { type: 'message_stop' }];

describe('AnthropicMessageParser', () => {
  test('thinking, hidden thinking, text and calls keep their order and their envelopes', () => {
    const { parser } = read(
      start({ type: 'thinking', thinking: '', signature: '' }),
      delta({ type: 'thinking_delta', thinking: 'Let ' }),
      delta({ type: 'thinking_delta', thinking: 'me.' }),
      delta({ type: 'signature_delta', signature: 'sig' }),
      stop,
      start({ type: 'redacted_thinking', data: 'secret' }),
      stop,
      start({ type: 'text', text: '' }),
      delta({ type: 'text_delta', text: 'Now.' }),
      stop,
      start({ type: 'thinking', thinking: '', signature: '' }),
      delta({ type: 'signature_delta', signature: 'sig2' }),
      stop,
      start({ type: 'tool_use', id: 't1', name: 'one', input: {} }),
      delta({ type: 'input_json_delta', partial_json: '' }),
      delta({ type: 'input_json_delta', partial_json: '{"a":' }),
      delta({ type: 'input_json_delta', partial_json: '1}' }),
      stop,
      start({ type: 'tool_use', id: 't2', name: 'two', input: { given: 'whole' } }),
      stop,
      ...end,
    );
    const envelope = (data: object) => ({ provider: 'anthropic', model: 'claude-x', data });
    expect(parser.ended).toBe(true);
    expect(parser.finish().content).toEqual([
      {
        type: 'reasoning',
        text: 'Let me.',
        opaque: envelope({ type: 'thinking', thinking: 'Let me.', signature: 'sig' }),
      },
      { type: 'reasoning', text: '', opaque: envelope({ type: 'redacted_thinking', data: 'secret' }) },
      { type: 'text', text: 'Now.' },
      { type: 'reasoning', text: '', opaque: envelope({ type: 'thinking', thinking: '', signature: 'sig2' }) },
      { type: 'tool_call', id: 't1', name: 'one', arguments: { a: 1 } },
      { type: 'tool_call', id: 't2', name: 'two', arguments: { given: 'whole' } },
    ]);
  });

  test('usage is cumulative, and the later numbers win where they are given', () => {
    const usage = { input_tokens: 10, cache_read_input_tokens: 5, cache_creation_input_tokens: 2, output_tokens: 1 };
    const { parser } = read(
      { type: 'message_start', message: { id: 'msg_1', model: 'claude-x-2026', usage } },
      { type: 'message_delta', delta: {}, usage: { output_tokens: 7 } },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } },
      },
      { type: 'message_stop' },
    );
    expect(parser.finish()).toMatchObject({
      usage: {
        inputTokens: 17,
        cachedInputTokens: 5,
        cacheWriteInputTokens: 2,
        outputTokens: 9,
        reasoningTokens: 4,
        estimated: false,
      },
      responseId: 'msg_1',
      servedBy: 'claude-x-2026',
    });
  });

  test('what was written to stay for an hour is counted apart', () => {
    const { parser } = read(
      {
        type: 'message_start',
        message: {
          usage: {
            input_tokens: 10,
            cache_creation_input_tokens: 7,
            cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 5 },
          },
        },
      },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } },
      { type: 'message_stop' },
    );
    expect(parser.finish().usage).toMatchObject({ cacheWriteInputTokens: 7, longCacheWriteInputTokens: 5 });
  });

  test('blocks may take turns, and one that is never closed is read all the same', () => {
    const piece = (index: number, event: object) => ({ ...event, index });
    const call = (id: string) => start({ type: 'tool_use', id, name: 'add', input: {} });
    const text = (partial_json: string) => delta({ type: 'input_json_delta', partial_json });
    const { parser } = read(
      piece(0, call('a')),
      piece(1, call('b')),
      piece(0, text('{"x":')),
      piece(1, text('{"x":2')),
      piece(0, text('1}')),
      piece(1, text('}')),
      piece(1, stop),
      ...end,
    );
    expect(parser.finish().content).toEqual([
      { type: 'tool_call', id: 'a', name: 'add', arguments: { x: 1 } },
      { type: 'tool_call', id: 'b', name: 'add', arguments: { x: 2 } },
    ]);
  });

  test('pings are heartbeats, and nothing else is', () => {
    const { parser } = read();
    expect(parser.isHeartbeat('{"type": "ping"}')).toBe(true);
    expect(parser.isHeartbeat(JSON.stringify(delta({ type: 'text_delta', text: '"ping"' })))).toBe(false);
  });

  test('pings and what is not known yet are passed over', () => {
    const { events, parser } = read(
      { type: 'ping' },
      { type: 'something_new' },
      start({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      delta({ type: 'input_json_delta', partial_json: '{}' }),
      delta({ type: 'citations_delta' }),
      stop,
      ...end,
    );
    expect(events).toEqual([]);
    expect(parser.finish().content).toEqual([]);
  });

  test.each([
    ['overloaded_error', 529],
    ['rate_limit_error', 429],
    ['something_new', 500],
  ])('an error event of type %s stands for status %i', (type, status) => {
    const broken = () => read({ type: 'error', error: { type, message: 'No.' } });
    expect(broken).toThrow(ReportedFailure);
    expect(broken).toThrow(expect.objectContaining({ failure: { status, message: 'No.', code: type } }));
  });

  test('an end without a stop reason, and a whole answer without content, are none', () => {
    expect(() => read({ type: 'message_stop' }).parser.finish()).toThrow(MalformedAnswer);
    expect(() => new AnthropicMessageParser(request, 'claude-x').read({ id: 'msg_1' })).toThrow(MalformedAnswer);
  });
});
