import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool as langChainTool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { createModelCatalog } from '@troupe/providers';
import { type LlmSimulator, type SimulatorRule, startLlmSimulator } from '@troupe/testing';
import {
  embed,
  embedMany,
  generateObject,
  generateText,
  isStepCount,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  tool,
} from 'ai';
import OpenAI from 'openai';
import { zodFunction } from 'openai/helpers/zod';
import { z } from 'zod';
import { eventually } from '../gateway.test-events.js';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

const MODEL = 'openai/gpt-4o-mini';
const AGENT = 'agent/cherry';
const EMBEDDING = 'openai/text-embedding-3-small';
const WEATHER = 'What is the weather in Rome?';
const city = z.object({ city: z.string() });

/** Asks for the weather, and then tells it. */
const WEATHER_RULES: SimulatorRule[] = [
  {
    when: { hasTools: true, endsWithToolResult: false },
    reply: {
      toolCalls: [
        { name: 'weather', arguments: { city: 'Rome' } },
        { name: 'weather', arguments: { city: 'Oslo' } },
      ],
    },
  },
  { when: { endsWithToolResult: true }, reply: { text: 'Sunny in Rome, rain in Oslo.' } },
];
const weatherOf = (name: string) => (name === 'Rome' ? 'sunny' : 'rain');

let simulator: LlmSimulator;
let gateway: GatewayHarness;
let baseURL: string;
beforeAll(async () => {
  simulator = await startLlmSimulator();
  const models = createModelCatalog({
    defaultModel: MODEL,
    openai: { baseUrl: simulator.baseUrls.openai, apiKeys: ['sk-test'] },
  });
  gateway = await startGatewayForTest({}, {}, models);
  baseURL = `${gateway.url}/v1`;
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway?.stop();
  await simulator?.close();
});

/** What the last request to the provider held. */
const lastBody = () => simulator.requests.at(-1)?.body as Record<string, unknown>;

describe('openai', () => {
  const client = (options: { apiKey?: string; maxRetries?: number } = {}) =>
    new OpenAI({ baseURL, apiKey: gateway.key, maxRetries: 0, ...options });

  test('lists agents and models, and reads each by its id', async () => {
    const ids: string[] = [];
    for await (const { id } of client().models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining([AGENT, MODEL]));
    for (const id of [AGENT, MODEL]) expect(await client().models.retrieve(id)).toMatchObject({ id, object: 'model' });
  });

  test.each([MODEL, AGENT])('%s answers, streamed or not', async (model) => {
    simulator.setRules([{ reply: { text: 'Good morning to you.' } }]);
    const messages = [{ role: 'user' as const, content: 'Good morning' }];
    const { data, response, request_id } = await client().chat.completions.create({ model, messages }).withResponse();
    expect(data.choices[0]?.message.content).toBe('Good morning to you.');
    expect(data.usage?.total_tokens).toBeGreaterThan(0);
    expect(request_id).toBe(response.headers.get('x-request-id'));
    expect(response.headers.has('x-troupe-thread')).toBe(model === AGENT);

    const stream = client().chat.completions.stream({ model, messages, stream_options: { include_usage: true } });
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'Good morning to you.' },
    });
    expect(final.usage?.total_tokens).toBeGreaterThan(0);
  });

  test('a conversation with an agent goes on', async () => {
    const talk = new OpenAI({
      baseURL,
      apiKey: gateway.key,
      defaultHeaders: { 'X-Troupe-Thread': 'sdk-conversation' },
    });
    const say = async (content: string) => {
      const { response } = await talk.chat.completions
        .create({ model: AGENT, messages: [{ role: 'user', content }] })
        .withResponse();
      return response.headers.get('x-troupe-thread');
    };
    expect(await say('One')).toBe(await say('Two'));
    const users = (lastBody().messages as { role: string; content: string }[]).filter(({ role }) => role === 'user');
    expect(users.map(({ content }) => content)).toEqual(['One', 'Two']);
  });

  test.each([false, true])('tools are called, run here and answered (stream: %s)', async (stream) => {
    simulator.setRules(WEATHER_RULES);
    const run = ({ city: name }: z.infer<typeof city>) => weatherOf(name);
    const tools = [zodFunction({ name: 'weather', parameters: city, function: run, description: 'The weather now.' })];
    const messages = [{ role: 'user' as const, content: WEATHER }];
    const { completions } = client().chat;
    const runner = stream
      ? completions.runTools({ model: MODEL, messages, tools, stream: true })
      : completions.runTools({ model: MODEL, messages, tools });
    expect(await runner.finalContent()).toBe('Sunny in Rome, rain in Oslo.');
    const results = (lastBody().messages as { role: string; content: string }[]).filter(({ role }) => role === 'tool');
    expect(results.map(({ content }) => content)).toEqual(['sunny', 'rain']);
  });

  test('embeddings come as numbers, of the length that was asked for', async () => {
    const { data, usage } = await client().embeddings.create({
      model: EMBEDDING,
      input: ['one', 'two'],
      dimensions: 8,
    });
    expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 8],
      [1, 8],
    ]);
    expect(data[0]?.embedding.every((value) => typeof value === 'number')).toBe(true);
    expect(usage.prompt_tokens).toBeGreaterThan(0);
  });

  const ask = (sender: OpenAI, model = MODEL) =>
    sender.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello' }] });

  test('names that OpenAI gives its models need no provider', async () => {
    const { model, choices } = await ask(client(), 'gpt-4o-mini');
    expect([model, choices.length]).toEqual(['gpt-4o-mini', 1]);
    expect(lastBody().model).toBe('gpt-4o-mini');
    const { data } = await client().embeddings.create({ model: 'text-embedding-3-small', input: 'one' });
    expect(data).toHaveLength(1);
    expect(await client().models.retrieve('gpt-4o')).toMatchObject({ id: 'openai/gpt-4o' });
    await expect(ask(client(), 'claude-sonnet-4')).rejects.toMatchObject({
      message: expect.stringContaining('anthropic'),
    });
    await expect(ask(client(), 'cherry')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  test('a base URL without /v1 is told so', async () => {
    const lost = new OpenAI({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
    await expect(ask(lost)).rejects.toThrow('/v1/chat/completions');
  });

  test('errors are the classes that it has for them', async () => {
    await expect(ask(client({ apiKey: 'wrong' }))).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await expect(ask(client(), 'nobody/knows')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(ask(client(), 'agent/nobody')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    });
    simulator.script({ status: 400, errorCode: 'context_length_exceeded' });
    await expect(ask(client())).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
    // Longer than a caller is kept waiting.
    simulator.script({ status: 429, retryAfter: 30 });
    await expect(ask(client())).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    await gateway.call('POST', '/api/limits/forgive', {
      body: { provider: 'openai', model: MODEL.slice('openai/'.length) },
    });
    simulator.setRules([{ reply: { status: 500 } }]);
    await expect(ask(client())).rejects.toBeInstanceOf(OpenAI.InternalServerError);
    const bad = client().chat.completions.create({ model: MODEL, messages: [] });
    await expect(bad).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  });

  test('it tries again what may pass, and nothing else', async () => {
    simulator.script({ status: 503 });
    expect((await ask(client({ maxRetries: 2 }))).choices).toHaveLength(1);
    expect(simulator.requests).toHaveLength(2);
    simulator.reset();
    simulator.setRules([{ reply: { status: 401 } }]);
    await expect(ask(client({ maxRetries: 2 }))).rejects.toMatchObject({ code: 'provider_authentication_failed' });
    expect(simulator.requests).toHaveLength(1);
  });

  test('a stream that breaks off throws', async () => {
    simulator.setRules([{ reply: { tokens: 20, errorAfter: 3 } }]);
    const stream = await client().chat.completions.create({
      model: MODEL,
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
    });
    const read = async () => {
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    };
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError);
  });
});

const compatible = () =>
  createOpenAICompatible({
    name: 'troupe',
    baseURL,
    apiKey: gateway.key,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
const own = () => createOpenAI({ baseURL, apiKey: gateway.key });
const aiSdkModels: [string, (id: string) => LanguageModel][] = [
  ['@ai-sdk/openai-compatible', (id) => compatible()(id)],
  ['@ai-sdk/openai', (id) => own()(id)],
  ['@ai-sdk/openai, chat', (id) => own().chat(id)],
];

describe.each(aiSdkModels)('%s', (_name, modelOf) => {
  const weather = tool({
    description: 'The weather now.',
    inputSchema: city,
    execute: async ({ city: name }) => weatherOf(name),
  });

  test.each([MODEL, AGENT])('streamText reads text, reason and usage of %s', async (model) => {
    simulator.setRules([{ reply: { text: 'Good morning to you.' } }]);
    const result = streamText({ model: modelOf(model), prompt: 'Good morning' });
    let text = '';
    for await (const delta of result.textStream) text += delta;
    expect(text).toBe('Good morning to you.');
    expect(await result.finishReason).toBe('stop');
    expect((await result.usage).totalTokens).toBeGreaterThan(0);
  });

  test('generateText calls tools and goes on', async () => {
    simulator.setRules(WEATHER_RULES);
    const { text, steps } = await generateText({
      model: modelOf(MODEL),
      prompt: WEATHER,
      tools: { weather },
      stopWhen: isStepCount(3),
    });
    expect(text).toBe('Sunny in Rome, rain in Oslo.');
    expect(steps[0]?.toolResults.map(({ output }) => output)).toEqual(['sunny', 'rain']);
  });

  test('streamText calls tools and goes on', async () => {
    simulator.setRules(WEATHER_RULES);
    const result = streamText({
      model: modelOf(MODEL),
      prompt: WEATHER,
      tools: { weather },
      stopWhen: isStepCount(3),
    });
    expect(await result.text).toBe('Sunny in Rome, rain in Oslo.');
    expect(await result.steps).toHaveLength(2);
  });

  test('objects follow their schema', async () => {
    simulator.setRules([{ when: { hasResponseSchema: true }, reply: { text: '{"city":"Rome"}' } }]);
    const { output } = await generateText({
      model: modelOf(MODEL),
      prompt: 'Which city?',
      output: Output.object({ schema: city }),
    });
    expect(output).toEqual({ city: 'Rome' });
    const { object } = await generateObject({ model: modelOf(MODEL), schema: city, prompt: 'Which city?' });
    expect(object).toEqual({ city: 'Rome' });
  });

  test('a conversation that it keeps goes on with what was answered', async () => {
    simulator.setRules([{ reply: { text: 'I am well.' } }]);
    const model = modelOf(MODEL);
    const asked: ModelMessage[] = [{ role: 'user', content: 'How are you?' }];
    const { response } = await generateText({ model, messages: asked });
    await generateText({ model, messages: [...asked, ...response.messages, { role: 'user', content: 'And now?' }] });
    expect(lastBody().messages).toEqual([
      { role: 'user', content: 'How are you?' },
      { role: 'assistant', content: 'I am well.' },
      { role: 'user', content: 'And now?' },
    ]);
  });

  test('a stream that is left ends the call', async () => {
    simulator.setRules([{ reply: { tokens: 500, tokenDelayMs: 20 } }]);
    const leaving = new AbortController();
    const result = streamText({ model: modelOf(MODEL), prompt: 'Hello', abortSignal: leaving.signal });
    for await (const _delta of result.textStream) leaving.abort();
    await eventually(async () => simulator.requests.at(-1)?.outcome === 'aborted' || undefined);
  });

  test('errors say what is wrong', async () => {
    const asking = generateText({ model: modelOf('nobody/knows'), prompt: 'Hello', maxRetries: 0 });
    await expect(asking).rejects.toMatchObject({ statusCode: 404, message: expect.stringContaining('nobody/knows') });
  });
});

test.each([
  ['@ai-sdk/openai-compatible', () => compatible().embeddingModel(EMBEDDING)],
  ['@ai-sdk/openai', () => own().embedding(EMBEDDING)],
])('%s embeds texts', async (_name, modelOf) => {
  const model = modelOf();
  expect((await embed({ model, value: 'one' })).embedding).toHaveLength(1_536);
  expect((await embedMany({ model, values: ['one', 'two'] })).embeddings).toHaveLength(2);
});

describe.each([false, true])('@langchain/openai (Responses: %s)', (useResponsesApi) => {
  const chat = (model: string) =>
    new ChatOpenAI({ model, apiKey: gateway.key, configuration: { baseURL }, maxRetries: 0, useResponsesApi });
  const weather = langChainTool(({ city: name }: z.infer<typeof city>) => weatherOf(name), {
    name: 'weather',
    description: 'The weather now.',
    schema: city,
  });

  test.each([MODEL, AGENT])('%s is invoked and streamed', async (model) => {
    simulator.setRules([{ reply: { text: 'Good morning to you.' } }]);
    const answer = await chat(model).invoke('Good morning');
    expect(answer.text).toBe('Good morning to you.');
    expect(answer.usage_metadata?.total_tokens).toBeGreaterThan(0);
    let text = '';
    let tokens = 0;
    for await (const chunk of await chat(model).stream('Good morning')) {
      text += chunk.text;
      tokens += chunk.usage_metadata?.total_tokens ?? 0;
    }
    expect(text).toBe('Good morning to you.');
    expect(tokens).toBeGreaterThan(0);
  });

  test('tools that are bound are called, and their results answered', async () => {
    simulator.setRules(WEATHER_RULES);
    const model = chat(MODEL).bindTools([weather]);
    const asked = new HumanMessage(WEATHER);
    const called = await model.invoke([asked]);
    expect(called.tool_calls?.map(({ args }) => args)).toEqual([{ city: 'Rome' }, { city: 'Oslo' }]);
    const results: ToolMessage[] = [];
    for (const call of called.tool_calls ?? []) results.push(await weather.invoke({ ...call, type: 'tool_call' }));
    const answer = await model.invoke([asked, called, ...results]);
    expect(answer.text).toBe('Sunny in Rome, rain in Oslo.');
  });

  test.each(['jsonSchema', 'functionCalling', 'jsonMode'] as const)('structured output by %s', async (method) => {
    simulator.setRules([
      { when: { hasTools: true }, reply: { toolCalls: [{ name: 'city', arguments: { city: 'Rome' } }] } },
      { reply: { text: '{"city":"Rome"}' } },
    ]);
    const model = chat(MODEL).withStructuredOutput(city, { name: 'city', method });
    expect(await model.invoke('Which city? Answer in JSON.')).toEqual({ city: 'Rome' });
  });

  test('texts are embedded', async () => {
    const embeddings = new OpenAIEmbeddings({
      model: EMBEDDING,
      apiKey: gateway.key,
      configuration: { baseURL },
      dimensions: 16,
    });
    expect(await embeddings.embedQuery('one')).toHaveLength(16);
    expect((await embeddings.embedDocuments(['one', 'two'])).map(({ length }) => length)).toEqual([16, 16]);
  });

  test('errors have their status', async () => {
    await expect(chat('nobody/knows').invoke('Hello')).rejects.toMatchObject({ status: 404 });
  });
});
