import { describe, expect, test } from '@jest/globals';
import type { JsonValue, ReasoningSettings } from '@troupe/contracts';
import type { ModelMessage, ModelRequest } from '@troupe/spec';
import { convertToOpenRouterRequest } from './convert-to-openrouter-request.js';

const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const tools = [{ name: 'look', description: '', parameters: {} }];

/** A round of a tool loop: what the assistant thought and called, and what the tool answered. */
const round = (model: string, data: JsonValue, id = 'c'): ModelMessage[] => [
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Hm.', opaque: { provider: 'openrouter', model, data } },
      { type: 'tool_call', id, name: 'look', arguments: {} },
    ],
  },
  {
    role: 'tool',
    content: [{ type: 'tool_result', tool_call_id: id, name: 'look', status: 'completed', content: 'seen' }],
  },
];
const details = [{ type: 'reasoning.text', text: 'Hm.', signature: 's' }];
const sealed = { upstream: 'Amazon Bedrock', model: 'a/b', details };
const detailsSent = (request: ModelRequest, model: string) =>
  convertToOpenRouterRequest(request, model).messages.map((message) =>
    'reasoning_details' in message ? message.reasoning_details : undefined,
  );

test('settings go under their plain names', () => {
  const settings = { temperature: 0.5, top_p: 1, max_tokens: 5, stop: ['x'] };
  expect(convertToOpenRouterRequest({ system: 'You help.', messages: [user('Hi')], settings }, 'a/b')).toEqual({
    model: 'a/b',
    messages: [
      { role: 'system', content: 'You help.' },
      { role: 'user', content: 'Hi' },
    ],
    ...settings,
  });
});

describe('reasoning that comes back', () => {
  const request: ModelRequest = { messages: [user('Look'), ...round('a/b', sealed)], tools };

  test('goes to the upstream that wrote it, and to no other', () => {
    expect(detailsSent(request, 'a/b')).toEqual([undefined, details, undefined]);
    expect(convertToOpenRouterRequest(request, 'a/b')).toMatchObject({
      model: 'a/b',
      provider: { order: ['Amazon Bedrock'], allow_fallbacks: false },
    });
  });

  test('is dropped whole by another model, and once the loop is over', () => {
    const another = convertToOpenRouterRequest(request, 'a/c');
    expect(JSON.stringify(another)).not.toContain('Hm.');
    expect(another).not.toHaveProperty('provider');
    const later = { messages: [...request.messages, user('And?')] };
    expect(JSON.stringify(convertToOpenRouterRequest(later, 'a/b'))).not.toContain('Hm.');
  });

  test('is of one writer: the last', () => {
    const other = { ...sealed, upstream: 'Anthropic' };
    const messages = [user('Look'), ...round('a/b', other), ...round('a/b', sealed, 'd')];
    expect(detailsSent({ messages }, 'a/b')).toEqual([undefined, undefined, undefined, details, undefined]);
  });

  test('keeps to the model that was chosen, and to what else was preferred', () => {
    const provider_options = {
      openrouter: { models: ['a/b', 'a/d'], provider: { data_collection: 'deny', order: ['Anthropic'] } },
    };
    const first = { messages: [user('Look')], tools, settings: { provider_options } };
    expect(convertToOpenRouterRequest(first, 'openrouter/auto')).toMatchObject({
      model: 'openrouter/auto',
      ...provider_options.openrouter,
    });
    const next = { ...first, messages: [user('Look'), ...round('openrouter/auto', sealed)] };
    const body = convertToOpenRouterRequest(next, 'openrouter/auto');
    expect(body).toMatchObject({
      model: 'a/b',
      provider: { data_collection: 'deny', order: ['Amazon Bedrock'], allow_fallbacks: false },
    });
    expect(body).not.toHaveProperty('models');
  });
});

describe('reasoning that is asked for', () => {
  test.each<[ReasoningSettings, number | undefined, unknown]>([
    [{ effort: 'high' }, undefined, { effort: 'high' }],
    [{ effort: 'none' }, undefined, { effort: 'none' }],
    [{ max_tokens: 0 }, undefined, { effort: 'none' }],
    [{ effort: 'low', max_tokens: 2_000 }, undefined, { max_tokens: 2_000 }],
    [{ max_tokens: 5_000 }, 3_000, { max_tokens: 2_999 }],
    [{ effort: 'low' }, 1_000, undefined],
    [{}, undefined, undefined],
  ])('%j within %s tokens is %j', (reasoning, max_tokens, expected) => {
    const settings = { reasoning, ...(max_tokens !== undefined && { max_tokens }) };
    const body = convertToOpenRouterRequest({ messages: [user('Hi')], settings }, 'anthropic/claude-x');
    expect(body.reasoning).toEqual(expected);
  });

  test('is left out where Anthropic would refuse it', () => {
    const settings = { reasoning: { effort: 'low' as const } };
    const loop = { messages: [user('Look'), ...round('a/other', sealed)], tools, settings };
    expect(convertToOpenRouterRequest(loop, 'anthropic/claude-x')).not.toHaveProperty('reasoning');
    expect(convertToOpenRouterRequest(loop, 'openai/gpt-x')).toHaveProperty('reasoning');
    const forced = { messages: [user('Look')], tools, settings, toolChoice: 'required' as const };
    expect(convertToOpenRouterRequest(forced, 'anthropic/claude-x')).not.toHaveProperty('reasoning');
  });
});

describe('prompt cache', () => {
  const request = (prompt_cache?: '1h' | 'off'): ModelRequest => ({
    system: 'You help.',
    messages: [user('Look'), ...round('x', sealed)],
    tools,
    settings: { prompt_cache },
  });
  const marks = (asked: ModelRequest, model = 'anthropic/claude-x') =>
    convertToOpenRouterRequest(asked, model).messages.map((message) =>
      JSON.stringify(message).includes('cache_control'),
    );

  test('Claude gets marks on the system text and on what came last', () => {
    expect(marks(request())).toEqual([true, false, false, true]);
    expect(convertToOpenRouterRequest(request('1h'), 'anthropic/claude-x').messages.at(-1)).toEqual({
      role: 'tool',
      tool_call_id: 'c',
      content: [{ type: 'text', text: 'seen', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    });
    expect(marks({ system: 'You help.', messages: [user('Once')] })).toEqual([true, false]);
  });

  test('nobody else does, nor does Claude when it is off', () => {
    expect(marks(request(), 'openai/gpt-x')).toEqual([false, false, false, false]);
    expect(marks(request('off'))).toEqual([false, false, false, false]);
  });
});

test('files and images may be bytes or addresses', () => {
  const content: ModelMessage['content'] = [
    { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    { type: 'file', name: 'a.pdf', media_type: 'application/pdf', source: { type: 'base64', data: 'AAAA' } },
    {
      type: 'file',
      name: 'b.pdf',
      media_type: 'application/pdf',
      source: { type: 'url', url: 'https://example.com/b.pdf' },
    },
  ];
  expect(convertToOpenRouterRequest({ messages: [{ role: 'user', content }] }, 'a/b').messages[0]?.content).toEqual([
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
    { type: 'file', file: { filename: 'b.pdf', file_data: 'https://example.com/b.pdf' } },
  ]);
});

test('constraints that the API does not have are refused', () => {
  const outputConstraint = { type: 'grammar', grammar: 'root ::= "a"' } as const;
  expect(() => convertToOpenRouterRequest({ messages: [user('Hi')], outputConstraint }, 'a/b')).toThrow(
    expect.objectContaining({ code: 'provider_invalid_request', fault: 'caller' }),
  );
});
