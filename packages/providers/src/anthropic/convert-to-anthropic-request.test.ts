import { describe, expect, test } from '@jest/globals';
import type { ModelMessage, ModelRequest } from '@troupe/spec';
import { convertToAnthropicRequest } from './convert-to-anthropic-request.js';

const model = 'claude-haiku-4-5';
const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] });

function messagesOf(messages: ModelMessage[]) {
  return convertToAnthropicRequest({ messages }, model).messages;
}

describe('convertToAnthropicRequest', () => {
  test('a plain request has a limit, because the API insists on one', () => {
    expect(convertToAnthropicRequest({ messages: [user('Hello')] }, model)).toEqual({
      model,
      max_tokens: 8_192,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    });
    expect(convertToAnthropicRequest({ messages: [user('Hello')] }, 'claude-3-haiku-20240307').max_tokens).toBe(4_096);
  });

  test('results of one round and what the user says next share a turn', () => {
    const call = (id: string) => ({ type: 'tool_call', id, name: 'look', arguments: { id } }) as const;
    const result = (id: string, status: 'completed' | 'failed', content: string): ModelMessage => ({
      role: 'tool',
      content: [{ type: 'tool_result', tool_call_id: id, name: 'look', status, content }],
    });
    const messages = messagesOf([
      user('Look'),
      { role: 'assistant', content: [call('a'), call('b')] },
      result('a', 'completed', ''),
      result('b', 'failed', 'dark'),
      user('Well?'),
    ]);
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'look', input: { id: 'a' } },
          { type: 'tool_use', id: 'b', name: 'look', input: { id: 'b' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a' },
          { type: 'tool_result', tool_use_id: 'b', content: 'dark', is_error: true },
          { type: 'text', text: 'Well?' },
        ],
      },
    ]);
  });

  test('turns in a row are one, blank ones none, and the user begins', () => {
    const assistant = (text: string): ModelMessage => ({ role: 'assistant', content: [{ type: 'text', text }] });
    expect(messagesOf([assistant('Welcome'), assistant(' \n'), user(''), assistant('still here'), user('Hi')])).toEqual(
      [
        { role: 'user', content: [{ type: 'text', text: expect.any(String) }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Welcome' },
            { type: 'text', text: 'still here' },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      ],
    );
  });

  test('thinking goes back as it came, to its own model only', () => {
    const data = { type: 'thinking', thinking: 'Hm.', signature: 's' };
    const reasoning = (provider: string, of: string) =>
      ({ type: 'reasoning', text: 'Hm.', opaque: { provider, model: of, data } }) as const;
    const content = [
      reasoning('anthropic', model),
      reasoning('anthropic', 'claude-other'),
      reasoning('openrouter', model),
      { type: 'reasoning', text: 'unsealed' } as const,
      { type: 'text', text: 'Yes.' } as const,
    ];
    expect(messagesOf([user('Why?'), { role: 'assistant', content }])[1]?.content).toEqual([
      data,
      { type: 'text', text: 'Yes.' },
    ]);
  });

  test('images, tools, choice and schema have their places', () => {
    const request: ModelRequest = {
      system: 'You help.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          ],
        },
      ],
      tools: [{ name: 'look', description: 'Looks.', parameters: { properties: {} } }],
      toolChoice: 'required',
      outputSchema: { name: 'x', schema: { type: 'object', properties: { a: { type: 'string', minLength: 2 } } } },
      settings: { max_tokens: 5, stop: ['END'] },
    };
    expect(convertToAnthropicRequest(request, model)).toEqual({
      model,
      max_tokens: 5,
      system: 'You help.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          ],
        },
      ],
      tools: [{ name: 'look', description: 'Looks.', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'any' },
      output_config: {
        format: {
          type: 'json_schema',
          schema: {
            type: 'object',
            properties: { a: { type: 'string', description: '{minLength: 2}' } },
            additionalProperties: false,
          },
        },
      },
      stop_sequences: ['END'],
    });
  });

  test('a schema that cannot be followed is the caller’s to correct', () => {
    const outputSchema = { name: 'anything', schema: { properties: {} } };
    expect(() => convertToAnthropicRequest({ messages: [user('Hello')], outputSchema }, model)).toThrow(
      expect.objectContaining({ code: 'provider_invalid_request', fault: 'caller' }),
    );
  });

  const settings = { temperature: 0.5, top_p: 0.9 };

  test.each([model, 'claude-sonnet-4-5-20250929', 'claude-opus-4-6', 'claude-3-5-sonnet-latest', 'sim-tokens-5'])(
    '%s takes the temperature, and not both settings at once',
    (name) => {
      const body = convertToAnthropicRequest({ messages: [user('Hello')], settings }, name);
      expect(body).toHaveProperty('temperature', 0.5);
      expect(body).not.toHaveProperty('top_p');
    },
  );

  test.each(['claude-opus-4-7', 'claude-sonnet-5-5', 'claude-fable-5', 'claude-haiku-5-5'])(
    '%s takes no sampling settings',
    (name) => {
      const body = convertToAnthropicRequest({ messages: [user('Hello')], settings }, name);
      expect(body).not.toHaveProperty('temperature');
      expect(body).not.toHaveProperty('top_p');
    },
  );
});
