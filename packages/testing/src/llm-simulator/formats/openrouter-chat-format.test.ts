import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import type { LlmSimulator } from '../start-llm-simulator.js';
import { startLlmSimulator } from '../start-llm-simulator.js';

let simulator: LlmSimulator;
let client: OpenAI;
const request = { model: 'anthropic/claude-test', messages: [{ role: 'user' as const, content: 'Hello' }] };

beforeAll(async () => {
  simulator = await startLlmSimulator();
  client = new OpenAI({
    baseURL: simulator.baseUrls.openrouter,
    apiKey: 'key',
    maxRetries: 0,
    defaultHeaders: { 'HTTP-Referer': 'https://troupe.example', 'X-OpenRouter-Title': 'Troupe' },
  });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

async function collect<Chunk>(stream: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test('comment lines come before the data and the SDK passes over them', async () => {
  simulator.script({ tokens: 3 }, { tokens: 3 });
  const response = await fetch(`${simulator.baseUrls.openrouter}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ ...request, stream: true }),
  });
  expect(await response.text()).toMatch(/^: OPENROUTER PROCESSING\n\ndata: \{/);
  const completion = await client.chat.completions.stream(request).finalChatCompletion();
  expect(completion.choices[0]?.message.content).toBe('the company meets');
});

test('usage with cost comes without being asked for, streamed or not', async () => {
  const reply = { text: 'Hi', usage: { inputTokens: 20, cachedTokens: 5, outputTokens: 2, cost: 0.0125 } };
  simulator.script(reply, reply);
  const whole = await client.chat.completions.create(request);
  const chunks = await collect(await client.chat.completions.create({ ...request, stream: true }));
  const usage = { prompt_tokens: 20, total_tokens: 22, cost: 0.0125, prompt_tokens_details: { cached_tokens: 5 } };
  expect(whole.usage).toMatchObject(usage);
  expect(chunks.at(-1)?.usage).toMatchObject(usage);
  expect(whole.id).toMatch(/^gen-/);
});

test('reasoning comes as text and as signed details', async () => {
  simulator.script({ reasoning: 'let me think', text: 'Done' });
  const chunks = await collect(await client.chat.completions.create({ ...request, stream: true }));
  const deltas = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta as Record<string, unknown>));
  expect(deltas.map((delta) => delta.reasoning ?? '').join('')).toBe('let me think');
  expect(deltas.flatMap((delta) => delta.reasoning_details ?? [])).toContainEqual(
    expect.objectContaining({ type: 'reasoning.text', signature: expect.any(String) }),
  );
});

test('parallel tool calls assemble', async () => {
  simulator.script({
    toolCalls: [
      { name: 'one', arguments: { text: 'naïve 🎭' } },
      { name: 'two', arguments: { list: [1, 2] } },
    ],
  });
  const tools = ['one', 'two'].map((name) => ({ type: 'function' as const, function: { name, parameters: {} } }));
  const completion = await client.chat.completions.stream({ ...request, tools }).finalChatCompletion();
  expect(completion.choices[0]?.finish_reason).toBe('tool_calls');
  expect(completion.choices[0]?.message.tool_calls).toMatchObject([
    { function: { name: 'one', arguments: '{"text":"naïve 🎭"}' } },
    { function: { name: 'two', arguments: '{"list":[1,2]}' } },
  ]);
});

test('an upstream that fails mid-stream is a chunk with an error under HTTP 200', async () => {
  simulator.script({ tokens: 5, errorAfter: 2, errorMessage: 'upstream died' });
  const response = await fetch(`${simulator.baseUrls.openrouter}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ ...request, stream: true }),
  });
  expect(response.status).toBe(200);
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
  expect(JSON.parse(lines.at(-2)?.slice('data: '.length) ?? '')).toMatchObject({
    error: { code: 502, message: 'upstream died' },
    choices: [{ finish_reason: 'error' }],
  });
  simulator.script({ tokens: 5, errorAfter: 2 });
  await expect(client.chat.completions.stream(request).finalChatCompletion()).rejects.toBeInstanceOf(OpenAI.APIError);
});

test("HTTP errors have OpenRouter's numeric code", async () => {
  simulator.script({ status: 402 });
  const failure = await client.chat.completions.create(request).catch((error: unknown) => error);
  expect(failure).toMatchObject({ status: 402, error: { code: 402, message: 'Insufficient credits' } });
  expect(simulator.requests[0]?.headers).toMatchObject({
    'http-referer': 'https://troupe.example',
    'x-openrouter-title': 'Troupe',
  });
});

test('reasoning is good at the upstream that signed it, and at no other', async () => {
  simulator.script({ reasoning: 'Hm.', text: 'Yes.' });
  const first = await client.chat.completions.create(request);
  expect(first).toMatchObject({ provider: 'Simulator', model: request.model });
  const message = first.choices[0]?.message;
  if (message === undefined) throw new Error('no message');
  const next = (provider: object) => {
    const messages = [...request.messages, message, { role: 'user' as const, content: 'And?' }];
    return client.chat.completions.create({ ...request, messages, ...provider });
  };
  await next({ provider: { order: ['Simulator'], allow_fallbacks: false } });
  await next({ provider: { only: ['Simulator'] } });
  await expect(next({})).rejects.toThrow(/another upstream/);
  await expect(next({ provider: { only: ['Elsewhere'] } })).rejects.toThrow(/Invalid `signature`/);
});

test('the router says which model it chose', async () => {
  const { model } = await client.chat.completions.create({ ...request, model: 'openrouter/auto' });
  expect(model).toBe('simulator/sim-chosen');
});

test('an effort and a number of tokens are not both taken', async () => {
  const ask = (reasoning: object) => client.chat.completions.create({ ...request, ...{ reasoning } });
  await ask({ effort: 'low' });
  await ask({ max_tokens: 2_000 });
  await expect(ask({ effort: 'low', max_tokens: 2_000 })).rejects.toThrow(/Only one of/);
});
