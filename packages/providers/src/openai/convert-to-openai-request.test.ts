import { describe, expect, test } from '@jest/globals';
import type { ModelRequest } from '@troupe/spec';
import { convertToOpenAiRequest } from './convert-to-openai-request.js';

const user = (text: string): ModelRequest['messages'] => [{ role: 'user', content: [{ type: 'text', text }] }];

describe('convertToOpenAiRequest', () => {
  test('a plain request is as small as it can be', () => {
    expect(convertToOpenAiRequest({ messages: user('Hello') }, 'gpt-4o')).toEqual({
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
    expect(convertToOpenAiRequest(request, 'gpt-4o')).toEqual({
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
    expect(convertToOpenAiRequest({ messages: user('Hello'), settings }, model)).toEqual({
      model,
      messages: [{ role: 'user', content: 'Hello' }],
      max_completion_tokens: 10,
    });
  });

  test.each(['gpt-4o', 'gpt-4.1-mini', 'gpt-5-chat-latest', 'llama-3.3', 'openchat'])('%s gets them', (model) => {
    const settings = { temperature: 0.7 };
    expect(convertToOpenAiRequest({ messages: user('Hello'), settings }, model)).toMatchObject(settings);
  });

  test('a schema that strict mode refuses is sent without it', () => {
    const outputSchema = { name: 'open', schema: { type: 'object', properties: { a: { type: 'string' } } } };
    expect(convertToOpenAiRequest({ messages: user('Hello'), outputSchema }, 'gpt-4o').response_format).toMatchObject({
      json_schema: { strict: false },
    });
  });

  test('a tool choice without tools is left out', () => {
    const request = { messages: user('Hello'), tools: [], toolChoice: 'required' as const };
    expect(convertToOpenAiRequest(request, 'gpt-4o')).not.toHaveProperty('tool_choice');
  });
});
