import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import type { LlmSimulator } from '../start-llm-simulator.js';
import { startLlmSimulator } from '../start-llm-simulator.js';

let simulator: LlmSimulator;
let client: OpenAI;
const input = 'Hello';
const model = 'gpt-5-test';
const tools = ['calculate', 'current_time'].map((name) => ({
  type: 'function' as const,
  name,
  strict: false,
  parameters: { type: 'object', properties: { input: { type: 'string' } } },
}));

beforeAll(async () => {
  simulator = await startLlmSimulator();
  client = new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'key', maxRetries: 0, logLevel: 'off' });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

test('an answer that is not streamed has text, status and usage', async () => {
  simulator.script({
    text: 'Good evening.',
    usage: { inputTokens: 50, cachedTokens: 40, outputTokens: 9, reasoningTokens: 6 },
  });
  const response = await client.responses.create({ model, input });
  expect(response.output_text).toBe('Good evening.');
  expect(response).toMatchObject({ object: 'response', model, status: 'completed', error: null });
  expect(response.usage).toMatchObject({
    input_tokens: 50,
    input_tokens_details: { cached_tokens: 40 },
    output_tokens: 9,
    output_tokens_details: { reasoning_tokens: 6 },
    total_tokens: 59,
  });
});

test("reasoning, text and parallel calls assemble in the SDK's own stream parser, as they come whole", async () => {
  const reply = {
    reasoning: 'First this, then that.',
    text: 'One moment.\n🎭',
    toolCalls: [
      { name: 'calculate', arguments: { input: 'a "quoted" \\ line\nend é 🎭', more: [1, 2, 3] }, id: 'call_one' },
      { name: 'current_time', arguments: {}, id: 'call_two' },
    ],
  };
  simulator.script(reply, reply);
  const request = { model, input, tools, reasoning: { summary: 'auto' as const }, store: false };
  const whole = await client.responses.create({ ...request, include: ['reasoning.encrypted_content'] });
  const stream = client.responses.stream({ ...request, include: ['reasoning.encrypted_content'] });
  const types = new Set<string>();
  const numbers: number[] = [];
  for await (const event of stream) {
    types.add(event.type);
    numbers.push(event.sequence_number);
  }
  const streamed = await stream.finalResponse();
  expect(streamed.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call', 'function_call']);
  expect(streamed.output_text).toBe(reply.text);
  expect(streamed.output).toMatchObject([
    { summary: [{ text: reply.reasoning }], encrypted_content: expect.any(String) },
    { phase: 'commentary' },
    { call_id: 'call_one', arguments: JSON.stringify(reply.toolCalls[0]?.arguments) },
    { call_id: 'call_two', arguments: '{}' },
  ]);
  const shape = (output: typeof whole.output) =>
    output.map((item) => [item.type, 'arguments' in item && item.arguments]);
  expect(shape(whole.output)).toEqual(shape(streamed.output));
  expect(numbers).toEqual(numbers.map((_, index) => index));
  for (const type of [
    'reasoning_summary_text.delta',
    'output_text.delta',
    'function_call_arguments.delta',
    'completed',
  ]) {
    expect(types).toContain(`response.${type}`);
  }
});

test('an answer that reached its limit is incomplete, a refusal has a part of its own', async () => {
  simulator.script({ tokens: 50 }, { text: 'I cannot help.', stopReason: 'refusal' });
  const cut = await client.responses.stream({ model, input, max_output_tokens: 4 }).finalResponse();
  expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
  const refused = await client.responses.stream({ model, input }).finalResponse();
  expect(refused.output[0]).toMatchObject({ content: [{ type: 'refusal', refusal: 'I cannot help.' }] });
});

test('errors become the typed errors of the SDK, and events inside a stream', async () => {
  simulator.script(
    { status: 429 },
    { tokens: 5, errorAfter: 2 },
    { tokens: 5, errorAfter: 2, status: 429 },
    { tokens: 5, cutAfter: 2 },
  );
  await expect(client.responses.create({ model, input })).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  const failed = await client.responses.create({ model, input, stream: true });
  const events: OpenAI.Responses.ResponseStreamEvent[] = [];
  for await (const event of failed) events.push(event);
  expect(events.at(-1)).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'server_error' } },
  });
  await expect(client.responses.stream({ model, input }).finalResponse()).rejects.toThrow(/Rate limit/);
  await expect(client.responses.stream({ model, input }).finalResponse()).rejects.toThrow();
});

test('reasoning comes back whole and with what followed it, or the request is refused', async () => {
  simulator.setRules([{ reply: { reasoning: 'Hm.', toolCalls: [{ name: 'calculate', arguments: { input: '1' } }] } }]);
  const { output } = await client.responses.create({
    model,
    input,
    tools,
    store: false,
    include: ['reasoning.encrypted_content'],
  });
  const [reasoning, call] = output;
  if (reasoning?.type !== 'reasoning' || call?.type !== 'function_call') throw new Error('other items were expected');
  const question = { role: 'user' as const, content: 'Hello' };
  const result = { type: 'function_call_output' as const, call_id: call.call_id, output: '2' };
  const ask = (items: OpenAI.Responses.ResponseInput) => client.responses.create({ model, input: items, tools });
  await expect(ask([question, reasoning, call, result])).resolves.toMatchObject({ status: 'completed' });
  const { id: _, ...callWithoutId } = call;
  await expect(ask([question, callWithoutId, result])).resolves.toMatchObject({ status: 'completed' });
  await expect(ask([question, call, result])).rejects.toThrow(/without its required 'reasoning' item/);
  await expect(ask([question, reasoning])).rejects.toThrow(/without its required following item/);
  await expect(ask([question, reasoning, reasoning, call, result])).rejects.toThrow(/Duplicate item/);
  const altered = { ...reasoning, encrypted_content: `${reasoning.encrypted_content}A` };
  await expect(ask([question, altered, call, result])).rejects.toThrow(/could not be verified/);
  await expect(ask([question, reasoning, call])).rejects.toThrow(/No tool output found/);
  await expect(ask([question, result])).rejects.toThrow(/No tool call found/);
});

test('schemas are strict unless they say otherwise', async () => {
  const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] };
  const ask = (strict?: boolean) =>
    client.responses.create({
      model,
      input,
      text: { format: { type: 'json_schema', name: 'out', schema, ...(strict !== undefined && { strict }) } },
    });
  await expect(ask()).rejects.toThrow(/additionalProperties/);
  expect(JSON.parse((await ask(false)).output_text)).toEqual({ title: 'Hello' });
});
