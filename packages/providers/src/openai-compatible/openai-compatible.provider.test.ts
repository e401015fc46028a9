import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChatModel, ModelCapabilities, ModelEvent, ModelRequest, OutputConstraint } from '@troupe/spec';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { createModelCatalog } from '../create-model-catalog.js';
import type { CompatibleFlavor } from './flavors.js';

const schema = {
  type: 'object',
  properties: { title: { type: 'string' } },
  required: ['title'],
  additionalProperties: false,
};
const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }];
const planned: ModelRequest = {
  system: 'You plan.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Plan a picnic' }] }],
  outputSchema: { name: 'plan', schema },
};

describe('compatible servers', () => {
  let simulator: LlmSimulator;
  beforeAll(async () => {
    simulator = await startLlmSimulator();
  });
  beforeEach(() => simulator.reset());
  afterAll(() => simulator.close());

  const model = (flavor: CompatibleFlavor, capabilities?: Partial<ModelCapabilities>): ChatModel =>
    createModelCatalog({
      instances: [
        {
          kind: 'openai-compatible',
          flavor,
          baseUrl: simulator.baseUrls.openai,
          instance: { id: 'local', keySetting: 'KEY', baseUrlSetting: 'base_url', capabilities },
        },
      ],
    }).resolve('local/any');
  const lastBody = () => simulator.requests.at(-1)?.body as Record<string, unknown>;
  const systemSent = () => simulator.requests.at(-1)?.request?.messages[0]?.text;

  describe('an output schema', () => {
    test.each([
      ['plain', { response_format: { type: 'json_schema', json_schema: { name: 'plan', schema, strict: true } } }],
      ['lm-studio', { response_format: { type: 'json_schema', json_schema: { name: 'plan', schema, strict: true } } }],
      ['vllm', { structured_outputs: { json: schema } }],
      ['groq', { response_format: { type: 'json_object' } }],
    ] as const)('%s is told %j', async (flavor, fields) => {
      await model(flavor).generate(planned);
      expect(lastBody()).toMatchObject(fields);
      // Where it is not checked it is asked for in words.
      if (flavor === 'groq') expect(systemSent()).toContain(JSON.stringify(schema));
      else expect(systemSent()).toBe('You plan.');
    });

    test('beside tools it is asked for in words where a server cannot do both', async () => {
      for (const flavor of ['vllm', 'llama-cpp', 'groq', 'lm-studio', 'together'] as const) {
        await model(flavor).generate({ ...planned, tools });
        expect(lastBody()).not.toHaveProperty('response_format');
        expect(lastBody()).not.toHaveProperty('structured_outputs');
        expect(systemSent()).toMatch(/^You plan\.\n\nUnless you call a tool, answer with one JSON value/);
      }
      await model('plain').generate({ ...planned, tools });
      expect(lastBody()).toHaveProperty('response_format');
    });

    test('a model that is only asked gets the schema in its prompt', async () => {
      await model('plain', { structuredOutput: 'prompted' }).generate({ ...planned, system: undefined });
      expect(lastBody()).not.toHaveProperty('response_format');
      expect(systemSent()).toMatch(/^Answer with one JSON value/);
    });

    describe('as the arguments of a tool', () => {
      const strict = () => model('plain', { structuredOutput: 'strict_tool' });
      const json = '{"title": "By the lake"}';
      const call = { name: 'final_answer_as_json', arguments: json };

      test('is read back as the text of the answer', async () => {
        simulator.script({ toolCalls: [call] });
        const { content, finish } = await strict().generate(planned);
        expect(content).toEqual([{ type: 'text', text: '{"title":"By the lake"}' }]);
        expect(finish.reason).toBe('stop');
        expect(lastBody()).toMatchObject({
          tools: [{ function: { name: 'final_answer_as_json', parameters: schema, strict: true } }],
          tool_choice: { type: 'function', function: { name: 'final_answer_as_json' } },
        });
      });

      test('is streamed as text, exactly as it comes, other calls beside it', async () => {
        simulator.script({ toolCalls: [call, { name: 'look', arguments: { a: 1 } }] });
        const events: ModelEvent[] = [];
        for await (const event of strict().stream({ ...planned, tools })) events.push(event);
        expect(lastBody()).toMatchObject({ tool_choice: 'required' });
        const text = events.map((event) => (event.type === 'text.delta' ? event.delta : '')).join('');
        expect(text).toBe(json);
        expect(events.filter(({ type }) => type === 'tool_call.started')).toMatchObject([{ index: 0, name: 'look' }]);
        const last = events.at(-1);
        expect(last?.type === 'completed' && last.response).toMatchObject({
          content: [
            { type: 'text', text: json },
            { type: 'tool_call', name: 'look', arguments: { a: 1 } },
          ],
          finish: { reason: 'tool_calls' },
        });
      });

      test('waits while a tool must be called', async () => {
        await strict().generate({ ...planned, tools, toolChoice: 'required' });
        expect(lastBody()).toMatchObject({ tools: [{ function: { name: 'look' } }], tool_choice: 'required' });
        expect(lastBody()).not.toHaveProperty('response_format');
      });
    });
  });

  describe('an output constraint', () => {
    const ask = (flavor: CompatibleFlavor, outputConstraint: OutputConstraint) =>
      model(flavor).generate({ messages: planned.messages, outputConstraint });
    const regex = { type: 'regex', pattern: 'a+' } as const;
    const choice = { type: 'choice', choices: ['yes', 'no "really"'] } as const;
    const grammar = { type: 'grammar', grammar: 'root ::= "a"' } as const;

    test.each([
      ['vllm', regex, { structured_outputs: { regex: 'a+' } }],
      ['vllm', choice, { structured_outputs: { choice: ['yes', 'no "really"'] } }],
      ['vllm', grammar, { structured_outputs: { grammar: 'root ::= "a"' } }],
      ['llama-cpp', grammar, { grammar: 'root ::= "a"' }],
      ['llama-cpp', choice, { grammar: 'root ::= "yes" | "no \\"really\\""' }],
      ['together', regex, { response_format: { type: 'regex', pattern: 'a+' } }],
    ] as const)('%s takes %j', async (flavor, constraint, fields) => {
      await ask(flavor, structuredClone(constraint) as OutputConstraint);
      expect(lastBody()).toMatchObject(fields);
    });

    test.each([
      ['plain', regex],
      ['groq', grammar],
      ['lm-studio', choice],
      ['llama-cpp', regex],
      ['together', choice],
    ] as const)('%s refuses %j, and says what to do', async (flavor, constraint) => {
      await expect(ask(flavor, structuredClone(constraint) as OutputConstraint)).rejects.toMatchObject({
        code: 'provider_invalid_request',
        fault: 'caller',
        message: expect.stringContaining('output schema'),
      });
      expect(simulator.requests).toHaveLength(0);
    });
  });

  test('fields have the names that the server knows', async () => {
    const settings = { max_tokens: 7, temperature: 0.5, reasoning: { effort: 'none' } } as const;
    const sent = async (flavor: CompatibleFlavor) => {
      await model(flavor).generate({ messages: planned.messages, tools, toolChoice: { name: 'look' }, settings });
      const { messages: _, tools: __, model: ___, ...rest } = lastBody();
      return rest;
    };
    const named = { type: 'function', function: { name: 'look' } };
    expect(await sent('plain')).toEqual({
      max_tokens: 7,
      temperature: 0.5,
      reasoning_effort: 'none',
      tool_choice: named,
    });
    expect(await sent('groq')).toMatchObject({ max_completion_tokens: 7, tool_choice: named });
    expect(await sent('vllm')).toMatchObject({ chat_template_kwargs: { enable_thinking: false } });
    expect(await sent('llama-cpp')).toMatchObject({ max_tokens: 7, tool_choice: 'required' });
  });

  test('what a model cannot take is refused', async () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } } as const;
    const blind = model('plain', { images: false }).generate({ messages: [{ role: 'user', content: [image] }] });
    await expect(blind).rejects.toMatchObject({ code: 'provider_invalid_request', fault: 'caller' });
    const file = {
      type: 'file',
      name: 'a.pdf',
      media_type: 'application/pdf',
      source: { type: 'base64', data: 'JVBERg==' },
    } as const;
    const pdf = model('plain').generate({ messages: [{ role: 'user', content: [file] }] });
    await expect(pdf).rejects.toMatchObject({ code: 'provider_invalid_request', fault: 'caller' });
  });
});
