import { describe, expect, test } from '@jest/globals';
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
    expect(convertToOllamaRequest(request, 'm', true)).toEqual({
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
    expect(convertToOllamaRequest({ messages, settings: {} }, 'm', false)).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: false,
    });
  });
});
