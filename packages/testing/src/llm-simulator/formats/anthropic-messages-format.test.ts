import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LlmSimulator } from '../start-llm-simulator.js';
import { startLlmSimulator } from '../start-llm-simulator.js';

let simulator: LlmSimulator;
let client: Anthropic;
const request = {
  model: 'claude-test',
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content: 'Hello' }],
};
const tools = ['calculate', 'current_time'].map((name) => ({
  name,
  input_schema: { type: 'object' as const, properties: { input: { type: 'string' } } },
}));

beforeAll(async () => {
  simulator = await startLlmSimulator();
  client = new Anthropic({ baseURL: simulator.baseUrls.anthropic, apiKey: 'key', maxRetries: 0 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

test('a message that is not streamed has text, stop reason and usage without the cached tokens', async () => {
  simulator.script({
    text: 'Good evening.',
    usage: { inputTokens: 100, cachedTokens: 70, cacheWriteTokens: 20, outputTokens: 9 },
  });
  const message = await client.messages.create(request);
  expect(message.content).toEqual([{ type: 'text', text: 'Good evening.', citations: null }]);
  expect(message.stop_reason).toBe('end_turn');
  expect(message.usage).toMatchObject({
    input_tokens: 10,
    cache_read_input_tokens: 70,
    cache_creation_input_tokens: 20,
    output_tokens: 9,
  });
});

test('a stream has the documented order of events', async () => {
  simulator.script({ text: 'Hi there', toolCalls: [{ name: 'current_time', arguments: {} }] });
  const response = await fetch(`${simulator.baseUrls.anthropic}/v1/messages`, {
    method: 'POST',
    headers: { 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, stream: true, tools }),
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const text = await response.text();
  expect([...text.matchAll(/^event: (.+)$/gm)].map((match) => match[1])).toEqual([
    'message_start',
    'content_block_start',
    'ping',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
});

test("thinking, text and parallel tool calls assemble in the SDK's stream helper", async () => {
  simulator.script({
    reasoning: 'First this, then that.',
    text: 'One moment.',
    toolCalls: [
      { name: 'calculate', arguments: { input: 'a "quoted" \\ line\nend é 🎭', more: [1, 2, 3] } },
      { name: 'current_time', arguments: {} },
    ],
  });
  const message = await client.messages.stream({ ...request, tools }).finalMessage();
  expect(message.content).toMatchObject([
    { type: 'thinking', thinking: 'First this, then that.', signature: expect.stringMatching(/.{20}/) },
    { type: 'text', text: 'One moment.' },
    { type: 'tool_use', name: 'calculate', input: { input: 'a "quoted" \\ line\nend é 🎭', more: [1, 2, 3] } },
    { type: 'tool_use', name: 'current_time', input: {} },
  ]);
  expect(message.stop_reason).toBe('tool_use');
  expect(message.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(0);
});

test('a stream ends with the same message as the call that is not streamed', async () => {
  const reply = { text: 'Naïve 🎭 text', reasoning: 'hm', usage: { inputTokens: 10, cachedTokens: 4 } };
  simulator.script(reply, reply);
  const whole = await client.messages.create(request);
  const streamed = await client.messages.stream(request).finalMessage();
  expect(streamed.content).toEqual(whole.content);
  expect(streamed.stop_reason).toBe(whole.stop_reason);
  expect(streamed.usage).toEqual(whole.usage);
});

test('thinking that comes back unchanged is accepted, and edited thinking is refused', async () => {
  simulator.script({
    reasoning: 'I should calculate.',
    toolCalls: [{ name: 'calculate', arguments: { input: '1+1' } }],
  });
  const first = await client.messages.create({ ...request, tools });
  const call = first.content.find((block) => block.type === 'tool_use');
  const next = (content: Anthropic.ContentBlock[]) =>
    client.messages.create({
      ...request,
      tools,
      messages: [
        ...request.messages,
        { role: 'assistant', content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: '2' }] },
      ],
    });
  expect((await next(first.content)).content).toMatchObject([{ text: 'The tool calculate answered: 2' }]);
  const edited = first.content.map((block) => (block.type === 'thinking' ? { ...block, thinking: 'Edited.' } : block));
  await expect(next(edited)).rejects.toThrow(/Invalid `signature`/);
});

test("HTTP errors become the SDK's typed errors", async () => {
  const ask = () => client.messages.create(request);
  simulator.script({ status: 429, retryAfter: 7 }, { status: 529 }, { status: 500 }, { status: 401 });
  const limited = await ask().catch((error: unknown) => error);
  expect(limited).toBeInstanceOf(Anthropic.RateLimitError);
  expect(limited).toMatchObject({ type: 'rate_limit_error' });
  expect(limited instanceof Anthropic.APIError && limited.headers?.get('retry-after')).toBe('7');
  const overloaded = await ask().catch((error: unknown) => error);
  expect(overloaded).toMatchObject({ status: 529, type: 'overloaded_error' });
  expect(overloaded instanceof Error && overloaded.constructor.name).toBe('OverloadedError');
  await expect(ask()).rejects.toBeInstanceOf(Anthropic.InternalServerError);
  await expect(ask()).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
});

test('an error inside a stream carries its type and no status', async () => {
  simulator.script({ tokens: 5, errorAfter: 2 });
  const stream = client.messages.stream(request);
  let text = '';
  stream.on('text', (delta) => {
    text += delta;
  });
  const failure = await stream.finalMessage().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Anthropic.APIError);
  expect(failure).toMatchObject({ type: 'overloaded_error', status: undefined });
  expect(text).toBe('the company');
});

test('what the vendor refuses is refused', async () => {
  const post = async (body: Record<string, unknown>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${simulator.url}/v1/messages`, {
      method: 'POST',
      headers: { 'anthropic-version': '2026-10-21', ...headers },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { error?: { message: string } };
    return [response.status, answer.error?.message];
  };
  const { max_tokens: _, ...unlimited } = request;
  expect(await post(unlimited)).toEqual([400, 'max_tokens: Field required']);
  expect(await post({ ...request, temperature: 1 })).toEqual([400, 'temperature: Extra inputs are not permitted']);
  expect((await post({ ...request, temperature: 1 }, { 'anthropic-version': '2023-06-01' }))[0]).toBe(200);
  const empty = { role: 'user', content: [{ type: 'text', text: '' }] };
  expect((await post({ ...request, messages: [empty] }))[1]).toMatch(/must be non-empty/);
  const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'x', input: {} }] };
  expect((await post({ ...request, messages: [...request.messages, call, ...request.messages] }))[1]).toMatch(
    /without `tool_result` blocks immediately after: toolu_1/,
  );
});

test('a forced tool is called, and output_config gets valid JSON', async () => {
  const forced = await client.messages.create({ ...request, tools, tool_choice: { type: 'tool', name: 'calculate' } });
  expect(forced.content).toMatchObject([{ type: 'tool_use', name: 'calculate' }]);
  const schema = {
    type: 'object',
    properties: { title: { type: 'string' } },
    required: ['title'],
    additionalProperties: false,
  };
  const structured = await client.messages.create({
    ...request,
    output_config: { format: { type: 'json_schema', schema } },
  });
  expect(structured.content).toMatchObject([{ type: 'text', text: '{"title":"Hello"}' }]);
});

describe('requests that ask for thinking', () => {
  const thinking = { type: 'enabled' as const, budget_tokens: 1_024 };
  const asked = { ...request, max_tokens: 2_000, thinking, tools };

  test('begin a tool loop with what was thought, or are refused', async () => {
    simulator.script({ reasoning: 'Hm.', toolCalls: [{ name: 'calculate', arguments: { input: '1' } }] });
    const { content } = await client.messages.create(asked);
    const call = content.find((block) => block.type === 'tool_use');
    const next = (blocks: Anthropic.ContentBlock[], model = request.model) =>
      client.messages.create({
        ...asked,
        model,
        messages: [
          ...request.messages,
          { role: 'assistant', content: blocks },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: '1' }] },
        ],
      });
    await next(content);
    await expect(next(content.filter(({ type }) => type !== 'thinking'))).rejects.toThrow(/must start with a thinking/);
    // What one model thought is worth nothing to another.
    await expect(next(content, 'another-model')).rejects.toThrow(/Invalid `signature`/);
  });

  test.each([
    [{ ...asked, max_tokens: 1_024 }, /must be greater than `thinking.budget_tokens`/],
    [{ ...asked, thinking: { ...thinking, budget_tokens: 10 } }, /greater than or equal to 1024/],
    [{ ...asked, tool_choice: { type: 'any' as const } }, /when tool_choice forces tool use/],
    [{ ...asked, model: 'claude-opus-5' }, /thinking.type.enabled\\*" is not supported/],
    [
      { ...asked, model: 'claude-haiku-4-5-20251001', thinking: { type: 'adaptive' as const } },
      /thinking.type.adaptive\\*" is not supported/,
    ],
  ])('that break the rules are refused (%#)', async (body, message) => {
    await expect(client.messages.create(body)).rejects.toThrow(message);
  });
});

test('cache marks are counted, and the long-lived come first', async () => {
  const mark = (ttl?: '1h') => ({
    type: 'text' as const,
    text: 'x',
    cache_control: { type: 'ephemeral' as const, ttl },
  });
  const ask = (...content: Anthropic.TextBlockParam[]) =>
    client.messages.create({ ...request, messages: [{ role: 'user', content }] });
  await ask(mark('1h'), mark());
  await expect(ask(mark(), mark('1h'))).rejects.toThrow(/must not come after/);
  await expect(ask(mark(), mark(), mark(), mark(), mark())).rejects.toThrow(/A maximum of 4 blocks/);
});

test('schemas that are enforced close their objects', async () => {
  const [tool] = tools;
  if (tool === undefined) throw new Error('no tool');
  const open = client.messages.create({ ...request, tools: [{ ...tool, strict: true }] });
  await expect(open).rejects.toThrow(/'additionalProperties' must be explicitly set to false/);
  const input_schema = { ...tool.input_schema, additionalProperties: false };
  await client.messages.create({ ...request, tools: [{ ...tool, input_schema, strict: true }] });
});
