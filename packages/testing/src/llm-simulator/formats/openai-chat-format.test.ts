import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import type { LlmSimulator } from '../start-llm-simulator.js';
import { startLlmSimulator } from '../start-llm-simulator.js';

let simulator: LlmSimulator;
let client: OpenAI;
const messages = [{ role: 'user' as const, content: 'Hello' }];
const tools = ['calculate', 'current_time'].map((name) => ({
  type: 'function' as const,
  function: { name, parameters: { type: 'object', properties: { input: { type: 'string' } } } },
}));

beforeAll(async () => {
  simulator = await startLlmSimulator();
  client = new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'key', maxRetries: 0 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

async function collect<Chunk>(stream: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test('an answer that is not streamed has text, finish reason and usage', async () => {
  simulator.script({
    text: 'Good evening.',
    usage: { inputTokens: 50, cachedTokens: 40, outputTokens: 9, reasoningTokens: 6 },
  });
  const completion = await client.chat.completions.create({ model: 'gpt-test', messages });
  expect(completion.model).toBe('gpt-test');
  expect(completion.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { role: 'assistant', content: 'Good evening.' },
  });
  expect(completion.usage).toMatchObject({
    prompt_tokens: 50,
    completion_tokens: 9,
    total_tokens: 59,
    prompt_tokens_details: { cached_tokens: 40 },
    completion_tokens_details: { reasoning_tokens: 6 },
  });
});

test('a stream sends the role first, then content, the finish reason, and usage with no choices', async () => {
  simulator.script({ tokens: 3 });
  const stream = await client.chat.completions.create({
    model: 'gpt-test',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  const deltas = chunks.map((chunk) => chunk.choices[0]?.delta);
  expect(deltas[0]).toEqual({ role: 'assistant', content: '', refusal: null });
  expect(deltas.slice(1, 4).map((delta) => delta?.content)).toEqual(['the', ' company', ' meets']);
  expect(chunks.map((chunk) => chunk.choices[0]?.finish_reason)).toEqual([null, null, null, null, 'stop', undefined]);
  expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 3 } });
  expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
});

test('usage is left out of a stream that did not ask for it', async () => {
  const stream = await client.chat.completions.create({ model: 'gpt-test', messages, stream: true });
  const chunks = await collect(stream);
  expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
});

test("parallel tool calls assemble in the SDK's stream helper", async () => {
  simulator.script({
    text: 'One moment.',
    toolCalls: [
      { name: 'calculate', arguments: { input: 'a "quoted" \\ line\nend é 🎭', more: [1, 2, 3] } },
      { name: 'current_time', arguments: {} },
      { name: 'calculate', arguments: { input: '1+1' }, id: 'call_chosen' },
    ],
  });
  const stream = client.chat.completions.stream({ model: 'gpt-test', messages, tools });
  const fragments: number[] = [];
  stream.on('chunk', (chunk) => {
    for (const call of chunk.choices[0]?.delta.tool_calls ?? []) fragments.push(call.index);
  });
  const completion = await stream.finalChatCompletion();
  const { message, finish_reason } = completion.choices[0] ?? {};
  expect(finish_reason).toBe('tool_calls');
  expect(message?.content).toBe('One moment.');
  const calls = (message?.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call] : []));
  expect(calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)])).toEqual([
    ['calculate', { input: 'a "quoted" \\ line\nend é 🎭', more: [1, 2, 3] }],
    ['current_time', {}],
    ['calculate', { input: '1+1' }],
  ]);
  expect(calls[2]?.id).toBe('call_chosen');
  expect(new Set(calls.map((call) => call.id)).size).toBe(3);
  expect(fragments.filter((index) => index === 0).length).toBeGreaterThan(3);
});

test('the same answer comes streamed and not streamed', async () => {
  const reply = { text: 'Naïve 🎭 text\nwith lines', toolCalls: [{ name: 'calculate', arguments: { input: 'x' } }] };
  simulator.script(reply, reply);
  const whole = await client.chat.completions.create({ model: 'gpt-test', messages, tools });
  const streamed = await client.chat.completions
    .stream({ model: 'gpt-test', messages, tools, stream_options: { include_usage: true } })
    .finalChatCompletion();
  expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
  expect(streamed.usage).toEqual(whole.usage);
});

test("HTTP errors become the SDK's typed errors", async () => {
  const ask = () => client.chat.completions.create({ model: 'gpt-test', messages });
  simulator.script(
    { status: 429, retryAfter: 7 },
    { status: 401 },
    { status: 500 },
    { status: 400, errorCode: 'context_length_exceeded', errorMessage: 'too long' },
  );
  const limited = await ask().catch((error: unknown) => error);
  expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
  expect(limited).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  expect(limited instanceof OpenAI.APIError && limited.headers?.get('retry-after')).toBe('7');
  await expect(ask()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  await expect(ask()).rejects.toBeInstanceOf(OpenAI.InternalServerError);
  const long = await ask().catch((error: unknown) => error);
  expect(long).toBeInstanceOf(OpenAI.BadRequestError);
  expect(long).toMatchObject({ code: 'context_length_exceeded', message: '400 too long' });
});

test('the SDK waits for retry-after and tries again', async () => {
  const patient = new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'key', maxRetries: 1 });
  simulator.script({ status: 429, retryAfter: 0.2 }, { text: 'second try' });
  const started = Date.now();
  const completion = await patient.chat.completions.create({ model: 'gpt-test', messages });
  expect(completion.choices[0]?.message.content).toBe('second try');
  expect(Date.now() - started).toBeGreaterThanOrEqual(195);
  expect(simulator.requests.map((request) => request.outcome)).toEqual(['refused', 'completed']);
});

test('an error inside a stream is thrown after the tokens before it', async () => {
  simulator.script({ tokens: 5, errorAfter: 2 });
  const stream = await client.chat.completions.create({ model: 'gpt-test', messages, stream: true });
  let text = '';
  const failure = await (async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  })().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(OpenAI.APIError);
  expect(text).toBe('the company');
  expect(simulator.requests[0]).toMatchObject({ outcome: 'stream_error', tokensEmitted: 2 });
});

test('max_tokens cuts the answer with finish reason length', async () => {
  simulator.script({ tokens: 50 });
  const completion = await client.chat.completions.create({ model: 'gpt-test', messages, max_completion_tokens: 4 });
  expect(completion.choices[0]).toMatchObject({
    finish_reason: 'length',
    message: { content: 'the company meets at' },
  });
  expect(completion.usage?.completion_tokens).toBe(4);
});

test('a refusal has its own field', async () => {
  simulator.script(
    { text: 'I cannot help.', stopReason: 'refusal' },
    { text: 'I cannot help.', stopReason: 'refusal' },
  );
  const whole = await client.chat.completions.create({ model: 'gpt-test', messages });
  expect(whole.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { content: null, refusal: 'I cannot help.' },
  });
  const streamed = await client.chat.completions.stream({ model: 'gpt-test', messages }).finalChatCompletion();
  expect(streamed.choices[0]?.message).toMatchObject({ refusal: 'I cannot help.' });
});

test('conversations with unpaired tool calls are refused', async () => {
  const call = { id: 'call_1', type: 'function' as const, function: { name: 'calculate', arguments: '{}' } };
  const unanswered = client.chat.completions.create({
    model: 'gpt-test',
    messages: [...messages, { role: 'assistant', tool_calls: [call] }, { role: 'user', content: 'and?' }],
  });
  await expect(unanswered).rejects.toThrow(/did not have response messages: call_1/);
  const orphan = client.chat.completions.create({
    model: 'gpt-test',
    messages: [...messages, { role: 'tool', tool_call_id: 'call_1', content: '2' }],
  });
  await expect(orphan).rejects.toThrow(/must be a response to a preceeding message/);
  const paired = await client.chat.completions.create({
    model: 'gpt-test',
    messages: [
      ...messages,
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: '2' },
    ],
  });
  expect(paired.choices[0]?.message.content).toBe('The tool calculate answered: 2');
});

test('a strict schema that is not strict is refused', async () => {
  const ask = (schema: Record<string, unknown>) =>
    client.chat.completions.create({
      model: 'gpt-test',
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'out', strict: true, schema } },
    });
  const properties = { title: { type: 'string' } };
  await expect(ask({ type: 'object', properties, required: ['title'] })).rejects.toThrow(/additionalProperties/);
  await expect(ask({ type: 'object', properties, additionalProperties: false })).rejects.toThrow(/Missing 'title'/);
  const completion = await ask({ type: 'object', properties, required: ['title'], additionalProperties: false });
  expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toEqual({ title: 'Hello' });
});

test('models and embeddings answer, near for texts that share words', async () => {
  const models = await collect(client.models.list());
  expect(models.map((model) => model.id)).toContain('sim-echo');
  const { data } = await client.embeddings.create({
    model: 'embed',
    input: ['the red fox', 'a red fox', 'tax law'],
    dimensions: 256,
  });
  const dot = (a: number[] = [], b: number[] = []) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  const [first, second, third] = data.map((entry) => entry.embedding);
  expect(first).toHaveLength(256);
  expect(dot(first, first)).toBeCloseTo(1, 4);
  expect(dot(first, second)).toBeGreaterThan(dot(first, third));
});
