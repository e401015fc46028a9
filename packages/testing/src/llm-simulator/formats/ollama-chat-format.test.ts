import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { LlmSimulator } from '../start-llm-simulator.js';
import { startLlmSimulator } from '../start-llm-simulator.js';

let simulator: LlmSimulator;

beforeAll(async () => {
  simulator = await startLlmSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const post = (body: Record<string, unknown>) =>
  fetch(`${simulator.baseUrls.ollama}/api/chat`, {
    method: 'POST',
    body: JSON.stringify({ model: 'llama-test', messages: [{ role: 'user', content: 'Hello' }], ...body }),
  });
const linesOf = async (response: Response) =>
  (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('streams lines of JSON unless told not to, the last with the counts', async () => {
  simulator.script({ tokens: 3, reasoning: 'hm', usage: { inputTokens: 12 } });
  const response = await post({});
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  const lines = await linesOf(response);
  expect(lines.map((line) => [line.message.thinking ?? '', line.message.content, line.done])).toEqual([
    ['hm', '', false],
    ['', 'the', false],
    ['', ' company', false],
    ['', ' meets', false],
    ['', '', true],
  ]);
  expect(lines.at(-1)).toMatchObject({ done_reason: 'stop', prompt_eval_count: 12, eval_count: 4 });
});

test('a tool call comes whole, with its arguments as an object and without an id', async () => {
  const toolCalls = [
    { name: 'one', arguments: { deep: { list: [1, '🎭'] } } },
    { name: 'two', arguments: {} },
  ];
  simulator.script({ toolCalls }, { toolCalls });
  const calls = (await linesOf(await post({}))).flatMap((line) => line.message.tool_calls ?? []);
  expect(calls).toEqual([
    { function: { index: 0, name: 'one', arguments: { deep: { list: [1, '🎭'] } } } },
    { function: { index: 1, name: 'two', arguments: {} } },
  ]);
  const whole = await (await post({ stream: false })).json();
  expect(whole).toMatchObject({ message: { tool_calls: calls }, done: true, done_reason: 'stop' });
});

test('an error inside a stream is a line under HTTP 200', async () => {
  simulator.script({ tokens: 5, errorAfter: 2, errorMessage: 'llama runner stopped' });
  const response = await post({});
  expect(response.status).toBe(200);
  expect((await linesOf(response)).at(-1)).toEqual({ error: 'llama runner stopped' });
});

test('an HTTP error is a string', async () => {
  simulator.script({ status: 404, errorMessage: "model 'x' not found" });
  const response = await post({});
  expect([response.status, await response.json()]).toEqual([404, { error: "model 'x' not found" }]);
});

test('arguments sent back as a string are refused, as the server cannot decode them', async () => {
  const call = (args: unknown) => ({ role: 'assistant', tool_calls: [{ function: { name: 'one', arguments: args } }] });
  const result = { role: 'tool', tool_name: 'one', content: '7' };
  expect((await post({ messages: [call('{}'), result] })).status).toBe(400);
  const answer = await (await post({ messages: [call({}), result], stream: false })).json();
  expect(answer).toMatchObject({ message: { content: 'The tool one answered: 7' } });
});

test('num_predict limits, a format schema is filled, tags are listed', async () => {
  simulator.script({ tokens: 9 });
  const limited = await (await post({ stream: false, options: { num_predict: 2 } })).json();
  expect(limited).toMatchObject({ done_reason: 'length', eval_count: 2 });
  const format = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] };
  const structured = await (await post({ stream: false, format })).json();
  expect(structured).toMatchObject({ message: { content: '{"title":"Hello"}' } });
  const tags = await (await fetch(`${simulator.baseUrls.ollama}/api/tags`)).json();
  expect(tags).toMatchObject({
    models: expect.arrayContaining([expect.objectContaining({ name: 'sim-echo:latest' })]),
  });
});

test('levels of thinking are for models that have them, images are base64 and nothing else', async () => {
  const answers = [
    await post({ think: true }),
    await post({ think: 'high' }),
    await post({ think: 'high', model: 'gpt-oss:20b' }),
    await post({ think: 'much', model: 'gpt-oss:20b' }),
    await post({ messages: [{ role: 'user', content: 'Look', images: ['AAAA'] }] }),
    await post({ messages: [{ role: 'user', content: 'Look', images: ['https://example.com/a.png'] }] }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 400, 200, 400, 200, 400]);
});

test('embeddings are one vector a text', async () => {
  const response = await fetch(`${simulator.baseUrls.ollama}/api/embed`, {
    method: 'POST',
    body: JSON.stringify({ model: 'nomic-embed-text', input: ['one', 'two'] }),
  });
  const { embeddings, prompt_eval_count } = (await response.json()) as {
    embeddings: number[][];
    prompt_eval_count: number;
  };
  expect(embeddings.map(({ length }) => length)).toEqual([768, 768]);
  expect(prompt_eval_count).toBe(2);
});
