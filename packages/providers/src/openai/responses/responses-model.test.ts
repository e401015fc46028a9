import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ContentPart, JsonObject } from '@troupe/contracts';
import type { ChatModel, ModelMessage, ModelRequest, ModelResponse } from '@troupe/spec';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { createModelCatalog } from '../../create-model-catalog.js';

const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const tools = [{ name: 'calculate', description: 'Calculates.', parameters: { type: 'object', properties: {} } }];
const thoughtful: ModelRequest = {
  messages: [user('Why?')],
  tools,
  settings: { provider_options: { openai: { reasoning: { summary: 'auto' } } } },
};

describe('the Responses API', () => {
  let simulator: LlmSimulator;
  beforeAll(async () => {
    simulator = await startLlmSimulator();
  });
  beforeEach(() => simulator.reset());
  afterAll(() => simulator.close());

  const model = (name = 'gpt-5-test'): ChatModel =>
    createModelCatalog({ openai: { baseUrl: simulator.baseUrls.openai, api: 'responses' } }).resolve(`openai/${name}`);
  const lastBody = () => simulator.requests.at(-1)?.body as Record<string, unknown>;
  const itemsSent = () => lastBody().input as Record<string, unknown>[];

  async function ask(mode: 'generate' | 'stream', request: ModelRequest, name?: string): Promise<ModelResponse> {
    if (mode === 'generate') return model(name).generate(request);
    for await (const event of model(name).stream(request)) if (event.type === 'completed') return event.response;
    throw new Error('The stream did not complete.');
  }

  /** The thread after a turn that reasoned and called a tool. */
  async function calledOnce(mode: 'generate' | 'stream', json = '{"expression":"6*7"}'): Promise<ModelMessage[]> {
    simulator.script({
      reasoning: 'First this, then that.',
      text: 'Let me see.',
      toolCalls: [{ name: 'calculate', arguments: json, id: 'call_one' }],
    });
    const { content } = await ask(mode, thoughtful);
    return [
      ...thoughtful.messages,
      { role: 'assistant', content },
      {
        role: 'tool',
        content: [
          { type: 'tool_result', tool_call_id: 'call_one', name: 'calculate', status: 'completed', content: '42' },
        ],
      },
    ];
  }

  describe.each(['generate', 'stream'] as const)('%s', (mode) => {
    test('reasoning, text and call come in order, the reasoning sealed', async () => {
      const [, answer] = await calledOnce(mode);
      expect(answer?.content).toEqual([
        {
          type: 'reasoning',
          text: 'First this, then that.',
          opaque: { provider: 'openai', model: 'gpt-5-test', data: expect.anything() },
        },
        { type: 'text', text: 'Let me see.' },
        { type: 'tool_call', id: 'call_one', name: 'calculate', arguments: { expression: '6*7' } },
      ]);
    });

    test('an answer goes back as it came, byte for byte', async () => {
      // Written otherwise than we would write it again.
      const messages = await calledOnce(mode, '{ "expression" : "6*7" }');
      // The simulator refuses what was changed, and what is sent without what belongs to it.
      const { finish } = await ask(mode, { ...thoughtful, messages });
      expect(finish.reason).toBe('stop');
      expect(itemsSent()).toEqual([
        { role: 'user', content: 'Why?' },
        {
          type: 'reasoning',
          id: expect.stringMatching(/^rs_/),
          summary: [{ type: 'summary_text', text: 'First this, then that.' }],
          encrypted_content: expect.stringMatching(/^gAAAA/),
        },
        {
          type: 'message',
          role: 'assistant',
          id: expect.stringMatching(/^msg_/),
          status: 'completed',
          phase: 'commentary',
          content: [{ type: 'output_text', text: 'Let me see.', annotations: [] }],
        },
        {
          type: 'function_call',
          id: expect.stringMatching(/^fc_/),
          call_id: 'call_one',
          name: 'calculate',
          arguments: '{ "expression" : "6*7" }',
        },
        { type: 'function_call_output', call_id: 'call_one', output: '42' },
      ]);
    });

    const plain = [
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content: 'Let me see.' },
      { type: 'function_call', call_id: 'call_one', name: 'calculate', arguments: '{"expression":"6*7"}' },
      { type: 'function_call_output', call_id: 'call_one', output: '42' },
    ];

    test('another model gets it without reasoning and without anything that belongs to it', async () => {
      const messages = await calledOnce(mode);
      await ask(mode, { ...thoughtful, messages }, 'gpt-5-other');
      expect(itemsSent()).toEqual(plain);
    });

    test('an answer that was changed meanwhile is dropped whole, too', async () => {
      const messages = await calledOnce(mode);
      const changes: ((content: ContentPart[]) => ContentPart[])[] = [
        (content) => content.map((part) => (part.type === 'text' ? { ...part, text: 'Shorter.' } : part)),
        (content) => content.filter((part) => part.type !== 'reasoning'),
      ];
      for (const change of changes) {
        const changed = messages.map((message) =>
          message.role === 'assistant' ? { ...message, content: change(message.content) } : message,
        );
        await ask(mode, { ...thoughtful, messages: changed });
        expect(JSON.stringify(itemsSent())).not.toMatch(/"reasoning"|encrypted|fc_|msg_/);
      }
    });
  });

  test('an answer that was cut off while it reasoned is dropped whole', async () => {
    simulator.script({ reasoning: 'One two three four five six seven eight' });
    const { content, finish } = await model().generate({ ...thoughtful, settings: { max_tokens: 3 } });
    expect(finish.reason).toBe('length');
    expect(content).toMatchObject([{ type: 'reasoning', opaque: expect.anything() }]);
    await model().generate({ messages: [...thoughtful.messages, { role: 'assistant', content }, user('Go on')] });
    expect(itemsSent()).toEqual([
      { role: 'user', content: 'Why?' },
      { role: 'user', content: 'Go on' },
    ]);
  });

  test('nothing is stored there, and reasoning is asked for encrypted where a model may reason', async () => {
    await model('o3').generate({ messages: [user('Hello')] });
    expect(lastBody()).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] });
    await model('gpt-4.1').generate({ messages: [user('Hello')] });
    expect(lastBody()).toEqual({ model: 'gpt-4.1', store: false, input: [{ role: 'user', content: 'Hello' }] });
  });

  test('what the API cannot do is refused before anything is sent', async () => {
    const messages = [user('Hello')];
    const refused = { code: 'provider_invalid_request', fault: 'caller' };
    await expect(model('gpt-4.1').generate({ messages, settings: { stop: ['END'] } })).rejects.toMatchObject(refused);
    const outputConstraint = { type: 'regex', pattern: 'a+' } as const;
    await expect(model().generate({ messages, outputConstraint })).rejects.toMatchObject(refused);
    expect(simulator.requests).toHaveLength(0);
  });

  test('options in the words of Chat Completions are said in those of Responses', async () => {
    const ask = (openai: JsonObject) =>
      model().generate({ messages: [user('JSON, please')], settings: { provider_options: { openai } } });
    await ask({ response_format: { type: 'json_object' }, text: { verbosity: 'low' } });
    expect(lastBody()).toMatchObject({ text: { format: { type: 'json_object' }, verbosity: 'low' } });
    expect(lastBody()).not.toHaveProperty('response_format');
    const json_schema = { name: 'place', strict: false, schema: { type: 'object', properties: {} } };
    await ask({ response_format: { type: 'json_schema', json_schema }, verbosity: 'high' });
    expect(lastBody().text).toEqual({ format: { type: 'json_schema', ...json_schema }, verbosity: 'high' });
  });

  test('effort, cache and the options of the provider have their place', async () => {
    const settings = {
      temperature: 1,
      max_tokens: 99,
      reasoning: { effort: 'low' },
      prompt_cache: '1h',
      provider_options: { openai: { reasoning: { summary: 'auto' }, service_tier: 'flex' }, other: { a: 1 } },
    } as const;
    await model('gpt-5.6').generate({ system: 'You help.', messages: [user('Hello')], settings });
    expect(lastBody()).toEqual({
      model: 'gpt-5.6',
      store: false,
      include: ['reasoning.encrypted_content'],
      instructions: 'You help.',
      input: [{ role: 'user', content: 'Hello' }],
      max_output_tokens: 99,
      reasoning: { effort: 'low', summary: 'auto' },
      prompt_cache_key: expect.stringMatching(/^[0-9a-f]{32}$/),
      prompt_cache_options: { ttl: '12h' },
      service_tier: 'flex',
    });
  });

  test('images and files are sent in its own words', async () => {
    const content: ContentPart[] = [
      { type: 'text', text: 'Look' },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'file', name: 'a.pdf', media_type: 'application/pdf', source: { type: 'base64', data: 'JVBERg==' } },
      { type: 'file', name: 'a.pdf', media_type: 'application/pdf', source: { type: 'url', url: 'https://e.com/a' } },
      { type: 'file', name: 'a.txt', media_type: 'text/plain', source: { type: 'base64', data: 'SGk=' } },
    ];
    await model().generate({ messages: [{ role: 'user', content }] });
    expect(itemsSent()[0]?.content).toEqual([
      { type: 'input_text', text: 'Look' },
      { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERg==' },
      { type: 'input_file', file_url: 'https://e.com/a' },
      { type: 'input_text', text: 'a.txt:\n\nHi' },
    ]);
  });
});
