import { describe, expect, test } from '@jest/globals';
import type { JsonSchema, ReasoningSettings } from '@troupe/contracts';
import type { ModelMessage, ModelRequest, ModelTool } from '@troupe/spec';
import { convertToAnthropicRequest } from './convert-to-anthropic-request.js';

const model = 'claude-haiku-4-5';
const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] });

function messagesOf(messages: ModelMessage[]) {
  return convertToAnthropicRequest({ messages, settings: { prompt_cache: 'off' } }, model).messages;
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
      settings: { max_tokens: 5, stop: ['END'], prompt_cache: 'off' },
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

  describe('output', () => {
    const closed = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    const ask = (schema: JsonSchema, name = model, more: Partial<ModelRequest> = {}) =>
      convertToAnthropicRequest({ messages: [user('Hello')], outputSchema: { name: 'x', schema }, ...more }, name);

    test.each(['claude-3-5-haiku-latest', 'claude-sonnet-4-20250514'])('%s gives its answer to a tool', (name) => {
      const body = ask(closed, name);
      expect(body.tools).toMatchObject([{ input_schema: closed }]);
      expect(body.tool_choice).toEqual({ type: 'tool', name: body.tools?.[0]?.name });
      expect(body).not.toHaveProperty('output_config');
    });

    test('so it does with a schema that the API cannot follow, beside the tools of the agent', () => {
      const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }];
      const body = ask({ type: 'object', properties: { anything: {} } }, model, { tools });
      expect(body.tools?.map(({ name }) => name)).toEqual(['look', expect.any(String)]);
      expect(body.tool_choice).toEqual({ type: 'any' });
    });

    test('what is no object, and what cannot be demanded, is asked for', () => {
      for (const body of [ask({}), ask({ type: 'object', properties: { anything: {} } }, 'claude-opus-5-5')]) {
        expect(JSON.stringify(body.system)).toContain('JSON Schema');
        expect(body).not.toHaveProperty('tools');
      }
    });

    test('constraints that the API does not have are refused', () => {
      const outputConstraint = { type: 'regex', pattern: 'a+' } as const;
      expect(() => convertToAnthropicRequest({ messages: [user('Hello')], outputConstraint }, model)).toThrow(
        expect.objectContaining({ code: 'provider_invalid_request', fault: 'caller' }),
      );
    });

    test('tools are strict where their schemas allow it and they are few', () => {
      const tool = (name: string, parameters: JsonSchema) => ({ name, description: '', parameters });
      const strictOf = (tools: ModelTool[], name = model) =>
        convertToAnthropicRequest({ messages: [user('Hello')], tools }, name).tools?.map(({ strict }) => strict);
      const bounded = { ...closed, properties: { a: { type: 'string', maxLength: 3 } } };
      const vague = { ...closed, properties: { a: {} } };
      expect(
        strictOf([tool('a', closed), tool('b', { ...closed, required: [] }), tool('c', bounded), tool('d', vague)]),
      ).toEqual([true, undefined, undefined, undefined]);
      expect(strictOf([tool('a', closed)], 'claude-3-5-haiku-latest')).toEqual([undefined]);
      const many = Array.from({ length: 9 }, (_, index) => tool(`t${index}`, closed));
      expect(new Set(strictOf(many))).toEqual(new Set([undefined]));
    });
  });

  describe('prompt cache', () => {
    const tools = [
      { name: 'one', description: '', parameters: {} },
      { name: 'two', description: '', parameters: {} },
    ];
    const marked = (prompt_cache?: '5m' | '1h' | 'off', more: Partial<ModelRequest> = {}) => {
      const body = convertToAnthropicRequest(
        { system: 'You help.', messages: [user('Hello')], tools, settings: { prompt_cache }, ...more },
        model,
      );
      return {
        tools: body.tools?.map(({ cache_control }) => cache_control?.ttl ?? cache_control?.type),
        system: typeof body.system === 'string' ? undefined : body.system?.[0]?.cache_control?.type,
        last: JSON.stringify(body.messages.at(-1)).includes('cache_control'),
        marks: JSON.stringify(body).split('"cache_control"').length - 1,
      };
    };

    test('the last tool, the system text and the last turn are marked', () => {
      expect(marked()).toEqual({ tools: [undefined, 'ephemeral'], system: 'ephemeral', last: true, marks: 3 });
      expect(marked('1h').tools).toEqual([undefined, '1h']);
      expect(marked('off').marks).toBe(0);
    });

    test('a question that nothing continues is written only where somebody wants it', () => {
      expect(marked(undefined, { tools: [] })).toMatchObject({ last: false, marks: 1 });
      expect(marked('5m', { tools: [] })).toMatchObject({ last: true, marks: 2 });
    });

    test('what tools answered is marked like what was said', () => {
      const messages: ModelMessage[] = [
        user('Look'),
        { role: 'assistant', content: [{ type: 'tool_call', id: 'a', name: 'one', arguments: {} }] },
        {
          role: 'tool',
          content: [{ type: 'tool_result', tool_call_id: 'a', name: 'one', status: 'completed', content: 'x' }],
        },
      ];
      expect(convertToAnthropicRequest({ messages, tools }, model).messages.at(-1)?.content).toMatchObject([
        { type: 'tool_result', cache_control: { type: 'ephemeral' } },
      ]);
    });
  });

  describe('thinking', () => {
    const think = (reasoning: ReasoningSettings, name = model, more: Partial<ModelRequest> = {}) => {
      const { settings, ...rest } = more;
      return convertToAnthropicRequest(
        { messages: [user('Why?')], settings: { temperature: 0.5, ...settings, reasoning }, ...rest },
        name,
      );
    };

    test.each<[ReasoningSettings, number]>([
      [{ effort: 'minimal' }, 1_024],
      [{ effort: 'medium' }, 8_192],
      [{ max_tokens: 5_000 }, 5_000],
      [{ max_tokens: 10 }, 1_024],
    ])('%j is a budget of %i beyond the answer', (reasoning, budget_tokens) => {
      const body = think(reasoning);
      expect(body).toMatchObject({ thinking: { type: 'enabled', budget_tokens }, max_tokens: 8_192 + budget_tokens });
      expect(body).not.toHaveProperty('temperature');
    });

    test.each<[ReasoningSettings, number, number | undefined]>([
      [{ effort: 'high' }, 10_000, 8_000],
      [{ effort: 'low' }, 4_000, 1_024],
      [{ max_tokens: 9_000 }, 4_000, 3_999],
      [{ effort: 'high' }, 1_024, undefined],
    ])('%j within a limit of %i is a budget of %s', (reasoning, max_tokens, budget) => {
      const body = think(reasoning, model, { settings: { max_tokens } });
      expect(body.max_tokens).toBe(max_tokens);
      expect(body.thinking).toEqual(budget && { type: 'enabled', budget_tokens: budget });
    });

    test('newer models think as far as their effort says', () => {
      expect(think({ effort: 'minimal' }, 'claude-opus-4-6')).toMatchObject({
        thinking: { type: 'adaptive' },
        output_config: { effort: 'low' },
      });
      expect(think({ effort: 'high' }, 'claude-opus-5-5')).toMatchObject({
        thinking: { type: 'adaptive', display: 'summarized' },
        output_config: { effort: 'high' },
      });
    });

    test.each([
      ['claude-haiku-4-5', undefined, undefined],
      ['claude-opus-4-8', undefined, undefined],
      ['claude-sonnet-5', { type: 'disabled' }, undefined],
      ['claude-sonnet-5-5', { type: 'between_tools' }, undefined],
      ['claude-opus-5-5', undefined, { effort: 'low' }],
      ['claude-fable-5', undefined, { effort: 'low' }],
    ])('%s is told not to think in its own way', (name, thinking, output_config) => {
      const body = think({ effort: 'none' }, name);
      expect(body.thinking).toEqual(thinking);
      expect(body.output_config).toEqual(output_config);
    });

    const tools = [{ name: 'one', description: '', parameters: {} }];
    const thought = { type: 'thinking', thinking: 'Hm.', signature: 's' };
    const loop = (by: string): ModelMessage[] => [
      user('Look'),
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.', opaque: { provider: 'anthropic', model: by, data: thought } },
          { type: 'tool_call', id: 'a', name: 'one', arguments: {} },
        ],
      },
      {
        role: 'tool',
        content: [{ type: 'tool_result', tool_call_id: 'a', name: 'one', status: 'completed', content: 'x' }],
      },
    ];

    test('a demanded call, and a loop that began without, are done without thinking', () => {
      expect(think({ effort: 'low' }, model, { tools, toolChoice: 'required' })).not.toHaveProperty('thinking');
      expect(think({ effort: 'low' }, model, { tools, messages: loop('claude-other') })).not.toHaveProperty('thinking');
      expect(think({ effort: 'low' }, model, { tools, messages: loop(model) })).toHaveProperty('thinking');
      const answer: ModelMessage = { role: 'assistant', content: [{ type: 'text', text: 'x' }] };
      const after = [...loop('claude-other'), answer];
      expect(think({ effort: 'low' }, model, { tools, messages: [...after, user('And?')] })).toHaveProperty('thinking');
    });

    test('models that bind thinking to its conversation get back that of the loop under way', () => {
      const name = 'claude-opus-5-5';
      const messages = [...loop(name), user('And?'), ...loop(name).slice(1)];
      const sent = think({}, name, { messages }).messages;
      expect(sent.filter((message) => JSON.stringify(message).includes('"thinking"'))).toEqual([sent[3]]);
    });

    test('no call is demanded where none can be', () => {
      const named = [...tools, { name: 'two', description: '', parameters: {} }];
      const body = think({}, 'claude-opus-5-5', { tools: named, toolChoice: { name: 'two' } });
      expect(body.tool_choice).toEqual({ type: 'auto' });
      expect(body.tools?.map(({ name }) => name)).toEqual(['two']);
    });
  });

  test('options of the provider are added as they are', () => {
    const body = convertToAnthropicRequest(
      {
        messages: [user('Hello')],
        outputSchema: { name: 'x', schema: { type: 'object', properties: {} } },
        settings: {
          provider_options: {
            anthropic: { top_k: 5, output_config: { effort: 'low' }, metadata: { user_id: 'u' } },
            openai: { store: true },
          },
        },
      },
      model,
    );
    expect(body).toMatchObject({
      top_k: 5,
      metadata: { user_id: 'u' },
      output_config: { effort: 'low', format: { type: 'json_schema' } },
    });
    expect(body).not.toHaveProperty('store');
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
