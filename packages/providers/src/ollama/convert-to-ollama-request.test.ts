import { describe, expect, test } from '@jest/globals';
import type { FilePart, ModelSettings, ReasoningSettings } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import { convertToOllamaRequest } from './convert-to-ollama-request.js';

describe('convertToOllamaRequest', () => {
  test('every part has its place', () => {
    const parameters = { type: 'object', properties: {} };
    const request: ModelRequest = {
      system: 'You help.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.', opaque: { provider: 'ollama', model: 'm', data: { thinking: 'Hm.' } } },
            { type: 'text', text: 'Well.' },
            { type: 'tool_call', id: 'c1', name: 'look', arguments: { a: 1 } },
          ],
        },
        {
          role: 'tool',
          content: [{ type: 'tool_result', tool_call_id: 'c1', name: 'look', status: 'completed', content: 'seen' }],
        },
      ],
      tools: [{ name: 'look', description: 'Looks.', parameters }],
      outputSchema: { name: 'x', schema: parameters },
      settings: { temperature: 0, top_p: 0.9, max_tokens: 10, stop: ['END'] },
    };
    expect(convertToOllamaRequest(request, { provider: 'ollama', model: 'm' }, true)).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'You help.' },
        { role: 'user', content: 'Look', images: ['AAAA'] },
        {
          role: 'assistant',
          content: 'Well.',
          thinking: 'Hm.',
          tool_calls: [{ id: 'c1', function: { name: 'look', arguments: { a: 1 } } }],
        },
        { role: 'tool', content: 'seen', tool_name: 'look', tool_call_id: 'c1' },
      ],
      stream: true,
      tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters } }],
      format: parameters,
      options: { temperature: 0, top_p: 0.9, num_predict: 10, stop: ['END'] },
    });
  });

  test('a plain request is as small as it can be, and says whether to stream', () => {
    const messages: ModelRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];
    expect(convertToOllamaRequest({ messages, settings: {} }, { provider: 'ollama', model: 'm' }, false)).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: false,
    });
  });

  const hello: ModelRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];

  test('options of the runner and fields of the request each go where they belong', () => {
    const settings: ModelSettings = {
      temperature: 0.5,
      provider_options: {
        ollama: { num_ctx: 16_384, keep_alive: '10m', options: { seed: 7 }, temperature: 0.1 },
        openai: { store: true },
      },
    };
    expect(convertToOllamaRequest({ messages: hello, settings }, { provider: 'ollama', model: 'm' }, false)).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: false,
      keep_alive: '10m',
      options: { temperature: 0.1, num_ctx: 16_384, seed: 7 },
    });
  });

  test.each<[ReasoningSettings, string, unknown]>([
    [{ effort: 'none' }, 'qwen3', false],
    [{ max_tokens: 0 }, 'qwen3', false],
    [{ effort: 'high' }, 'qwen3', true],
    [{ max_tokens: 4_000 }, 'qwen3', true],
    [{ effort: 'high' }, 'gpt-oss:20b', 'high'],
    [{ effort: 'minimal' }, 'gpt-oss:20b', 'low'],
    [{ effort: 'none' }, 'gpt-oss:20b', 'low'],
    [{ max_tokens: 4_000 }, 'gpt-oss:20b', 'medium'],
    [{}, 'qwen3', undefined],
  ])('reasoning %j of %s is think %j', (reasoning, model, think) => {
    expect(
      convertToOllamaRequest({ messages: hello, settings: { reasoning } }, { provider: 'ollama', model }, false).think,
    ).toBe(think);
  });

  const file = (media_type: string, source: FilePart['source']): ModelRequest => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Read this' },
          { type: 'file', name: 'a', media_type, source },
        ],
      },
    ],
  });
  const data = Buffer.from('one,two').toString('base64');

  test('files that are text are read out, others are refused', () => {
    const { messages } = convertToOllamaRequest(
      file('text/csv', { type: 'base64', data }),
      { provider: 'ollama', model: 'm' },
      false,
    );
    expect(messages).toEqual([{ role: 'user', content: 'Read this\n\na:\n\none,two' }]);
    const refused: ModelRequest[] = [
      file('application/pdf', { type: 'base64', data }),
      file('text/csv', { type: 'url', url: 'https://example.com/a.csv' }),
      { messages: hello, outputConstraint: { type: 'choice', choices: ['yes', 'no'] } },
    ];
    for (const request of refused) {
      expect(() => convertToOllamaRequest(request, { provider: 'ollama', model: 'm' }, false)).toThrow(
        expect.objectContaining({ code: 'provider_invalid_request', fault: 'caller' }),
      );
    }
  });
});
