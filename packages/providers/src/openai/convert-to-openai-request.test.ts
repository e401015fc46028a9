import { describe, expect, test } from '@jest/globals';
import type { ModelRequest } from '@troupe/spec';
import { openAiDialect, openAiProxyDialect } from './chat-dialect.js';
import type { ChatTarget } from './chat-target.js';
import { convertToOpenAiRequest } from './convert-to-openai-request.js';
import { openAiCapabilities } from './openai-capabilities.js';

const user = (text: string): ModelRequest['messages'] => [{ role: 'user', content: [{ type: 'text', text }] }];

/** OpenAI's own models, or a proxy's under the same names. */
function openAiTarget(model: string, dialect = openAiDialect): ChatTarget {
  return { provider: 'openai', model, dialect, capabilities: openAiCapabilities };
}

describe('convertToOpenAiRequest', () => {
  test('a plain request is as small as it can be', () => {
    expect(convertToOpenAiRequest({ messages: user('Hello') }, openAiTarget('gpt-4o'))).toEqual({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hello' }],
    });
  });

  test('every part has its place', () => {
    const request: ModelRequest = {
      system: 'You help.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'hidden', opaque: { provider: 'openai', model: 'gpt-4o', data: 'x' } },
            { type: 'tool_call', id: 'c1', name: 'look', arguments: { a: 1 } },
            { type: 'tool_call', id: 'c2', name: 'look', arguments: {}, invalid_arguments: '{"a":' },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool_result', tool_call_id: 'c1', name: 'look', status: 'completed', content: 'seen' },
            { type: 'tool_result', tool_call_id: 'c2', name: 'look', status: 'failed', content: 'not JSON' },
          ],
        },
      ],
      tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }],
      toolChoice: { name: 'look' },
      outputSchema: { name: 'seen', schema: { type: 'object', properties: {}, additionalProperties: false } },
      settings: { temperature: 0, top_p: 0.9, max_tokens: 10, stop: ['END'] },
    };
    expect(convertToOpenAiRequest(request, openAiTarget('gpt-4o', openAiProxyDialect))).toEqual({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'You help.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } },
            { id: 'c2', type: 'function', function: { name: 'look', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'seen' },
        { role: 'tool', tool_call_id: 'c2', content: 'not JSON' },
      ],
      tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: { type: 'object' } } }],
      tool_choice: { type: 'function', function: { name: 'look' } },
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'seen',
          schema: { type: 'object', properties: {}, additionalProperties: false },
          strict: true,
        },
      },
      temperature: 0,
      top_p: 0.9,
      stop: ['END'],
      max_completion_tokens: 10,
    });
  });

  test.each(['o3', 'o4-mini', 'gpt-5', 'gpt-5.4-mini', 'gpt-6-sol'])('%s gets no sampling settings', (model) => {
    const settings = { temperature: 0.7, top_p: 0.9, stop: ['END'], max_tokens: 10 };
    expect(convertToOpenAiRequest({ messages: user('Hello'), settings }, openAiTarget(model))).toEqual({
      model,
      messages: [{ role: 'user', content: 'Hello' }],
      max_completion_tokens: 10,
    });
  });

  test.each(['gpt-4o', 'gpt-4.1-mini', 'gpt-5-chat-latest', 'llama-3.3', 'openchat'])('%s gets them', (model) => {
    const settings = { temperature: 0.7 };
    expect(convertToOpenAiRequest({ messages: user('Hello'), settings }, openAiTarget(model))).toMatchObject(settings);
  });

  test('a schema that strict mode refuses is sent without it', () => {
    const outputSchema = { name: 'open', schema: { type: 'object', properties: { a: { type: 'string' } } } };
    expect(
      convertToOpenAiRequest({ messages: user('Hello'), outputSchema }, openAiTarget('gpt-4o')).response_format,
    ).toMatchObject({
      json_schema: { strict: false },
    });
  });

  test('a tool choice without tools is left out', () => {
    const request = { messages: user('Hello'), tools: [], toolChoice: 'required' as const };
    expect(convertToOpenAiRequest(request, openAiTarget('gpt-4o'))).not.toHaveProperty('tool_choice');
  });

  test('tools whose schema follows the rules are strict', () => {
    const parameters = { type: 'object', properties: {}, required: [], additionalProperties: false };
    const request = { messages: user('Hello'), tools: [{ name: 'look', description: 'Looks.', parameters }] };
    const tool = (dialect?: typeof openAiProxyDialect) =>
      convertToOpenAiRequest(request, openAiTarget('gpt-4o', dialect)).tools?.[0];
    expect(tool()).toMatchObject({ function: { strict: true } });
    expect(tool(openAiProxyDialect)).not.toHaveProperty('function.strict');
  });

  test.each([
    ['o3', 'developer', { effort: 'low' }, 'low'],
    ['o3', 'developer', { max_tokens: 10_000 }, 'medium'],
    ['gpt-5', 'developer', { max_tokens: 0 }, 'none'],
    ['gpt-5', 'developer', { effort: 'high', max_tokens: 1 }, 'high'],
    ['gpt-4o', 'system', { effort: 'low' }, undefined],
  ] as const)('%s: the system prompt as %s, %j as effort %s', (model, role, reasoning, effort) => {
    const request = { system: 'You help.', messages: user('Hello'), settings: { reasoning } };
    const body = convertToOpenAiRequest(request, openAiTarget(model));
    expect(body.messages[0]).toEqual({ role, content: 'You help.' });
    expect(body.reasoning_effort).toBe(effort);
  });

  describe('the prompt cache', () => {
    const request = { system: 'You help.', messages: user('Hello') };
    const body = (model: string, prompt_cache?: '5m' | '1h' | 'off', system = 'You help.') =>
      convertToOpenAiRequest({ ...request, system, settings: { prompt_cache } }, openAiTarget(model));

    test('requests with the same beginning share a key, others do not', () => {
      const key = body('gpt-4o').prompt_cache_key;
      expect(key).toMatch(/^[0-9a-f]{32}$/);
      expect(convertToOpenAiRequest({ ...request, messages: user('Else') }, openAiTarget('gpt-4o'))).toMatchObject({
        prompt_cache_key: key,
      });
      expect(body('gpt-4o', '5m', 'You judge.').prompt_cache_key).not.toBe(key);
      expect(convertToOpenAiRequest(request, openAiTarget('gpt-4o', openAiProxyDialect))).not.toHaveProperty(
        'prompt_cache_key',
      );
    });

    test('is kept longer, or not used, where the model can be told so', () => {
      expect(body('gpt-4.1', '1h').prompt_cache_retention).toBe('24h');
      expect(body('gpt-4o', '1h')).not.toHaveProperty('prompt_cache_retention');
      expect(body('gpt-4o', 'off')).not.toHaveProperty('prompt_cache_key');
      expect(body('gpt-5.6', 'off').prompt_cache_options).toEqual({ mode: 'explicit' });
    });
  });

  test('options of the provider are added as they are, into objects field by field', () => {
    const settings = { provider_options: { openai: { parallel_tool_calls: false, stream_options: { a: 1 } } } };
    expect(convertToOpenAiRequest({ messages: user('Hello'), settings }, openAiTarget('gpt-4o'))).toEqual({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hello' }],
      parallel_tool_calls: false,
      stream_options: { a: 1 },
    });
  });

  test('files are sent as their bytes, texts as text, and an address is refused', () => {
    const file = (media_type: string, source: { type: 'base64'; data: string } | { type: 'url'; url: string }) =>
      convertToOpenAiRequest(
        { messages: [{ role: 'user', content: [{ type: 'file', name: 'a', media_type, source }] }] },
        openAiTarget('gpt-4o'),
      ).messages[0]?.content;
    expect(file('application/pdf', { type: 'base64', data: 'JVBERg==' })).toEqual([
      { type: 'file', file: { filename: 'a', file_data: 'data:application/pdf;base64,JVBERg==' } },
    ]);
    expect(file('text/csv', { type: 'base64', data: 'YSxi' })).toBe('a:\n\na,b');
    expect(() => file('application/pdf', { type: 'url', url: 'https://example.com/a.pdf' })).toThrow(
      expect.objectContaining({ code: 'provider_invalid_request', fault: 'caller' }),
    );
  });
});
