import { expect, test } from '@jest/globals';
import type { ModelRequest } from '@troupe/spec';
import { convertToOpenRouterRequest } from './convert-to-openrouter-request.js';

const details = [{ type: 'reasoning.text', text: 'Hm.', signature: 's' }];
const request: ModelRequest = {
  system: 'You help.',
  messages: [
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', opaque: { provider: 'openrouter', model: 'a/b', data: details } },
        { type: 'text', text: 'Yes.' },
      ],
    },
  ],
  settings: { temperature: 0.5, top_p: 1, max_tokens: 5, stop: ['x'] },
};

test('settings go under their plain names, reasoning back to the model that wrote it', () => {
  expect(convertToOpenRouterRequest(request, 'a/b')).toEqual({
    model: 'a/b',
    messages: [
      { role: 'system', content: 'You help.' },
      { role: 'assistant', content: 'Yes.', reasoning_details: details },
    ],
    temperature: 0.5,
    top_p: 1,
    max_tokens: 5,
    stop: ['x'],
  });
});

test('another model gets no foreign reasoning', () => {
  const { messages } = convertToOpenRouterRequest(request, 'a/c');
  expect(messages[1]).toEqual({ role: 'assistant', content: 'Yes.' });
});
