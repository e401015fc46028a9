import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import type { LlmSimulator } from './start-llm-simulator.js';
import { startLlmSimulator } from './start-llm-simulator.js';

let simulator: LlmSimulator;
let openai: OpenAI;
let anthropic: Anthropic;
const messages = [{ role: 'user' as const, content: 'Hello' }];

beforeAll(async () => {
  simulator = await startLlmSimulator();
  openai = new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'key', maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: simulator.baseUrls.anthropic, apiKey: 'key', maxRetries: 0 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const streamOpenAi = () => openai.chat.completions.create({ model: 'gpt-test', messages, stream: true });
const streamAnthropic = () => anthropic.messages.stream({ model: 'claude-test', max_tokens: 100, messages });

/** The record once the server has seen the end of the request, which may be after the client has. */
async function ended() {
  for (let tries = 0; tries < 200; tries += 1) {
    const record = simulator.requests.at(-1);
    if (record?.endedAt !== undefined) return record;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('the request did not end within a second');
}

test('a cut stream breaks the connection after the tokens before the cut', async () => {
  simulator.script({ tokens: 10, cutAfter: 3 }, { tokens: 10, cutAfter: 3 });
  let text = '';
  const failure = await (async () => {
    for await (const chunk of await streamOpenAi()) text += chunk.choices[0]?.delta.content ?? '';
  })().catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: expect.stringMatching(/terminated|closed|reset/i) });
  expect(text).toBe('the company meets');
  await expect(streamAnthropic().finalMessage()).rejects.toThrow(/terminated|closed|reset/i);
  expect(await ended()).toMatchObject({ outcome: 'cut', tokensEmitted: 3, abortedByClient: false });
});

test('a cut body that is not streamed breaks off too', async () => {
  simulator.script({ tokens: 10, cutAfter: 0 });
  await expect(openai.chat.completions.create({ model: 'gpt-test', messages })).rejects.toThrow(/terminated|closed/i);
  expect((await ended()).outcome).toBe('cut');
});

test("the client's abort is recorded with the tokens it got", async () => {
  simulator.script({ tokens: 1000, tokenDelayMs: 10 });
  const stream = await streamOpenAi();
  let seen = 0;
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) seen += 1;
    if (seen === 4) break;
  }
  const record = await ended();
  expect(record).toMatchObject({ outcome: 'aborted', abortedByClient: true });
  expect(record.tokensEmitted).toBeGreaterThanOrEqual(4);
  expect(record.tokensEmitted).toBeLessThan(100);
  expect(simulator.stats().total).toMatchObject({ inFlight: 0, outcomes: { aborted: 1 } });
});

test('a hang before the headers lasts until the client gives up', async () => {
  simulator.script({ hang: 'before_headers' });
  const impatient = openai.chat.completions.create({ model: 'gpt-test', messages }, { timeout: 80 });
  await expect(impatient).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
  expect(await ended()).toMatchObject({ outcome: 'aborted', tokensEmitted: 0 });
});

test('a hang after two tokens delivers two tokens and then silence', async () => {
  simulator.script({ tokens: 10, hang: 2 });
  const stream = await streamOpenAi();
  let text = '';
  const reading = (async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  })();
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(text).toBe('the company');
  stream.controller.abort();
  await reading;
  expect(await ended()).toMatchObject({ outcome: 'aborted', tokensEmitted: 2 });
});

test('pieces of one byte, inside UTF-8 too, give the same text in both SDKs', async () => {
  const reply = { text: 'Ça va ? 日本語 🎭', splitBytes: 1, toolCalls: [{ name: 'x', arguments: { a: '🎭' } }] };
  simulator.script(reply, reply, reply);
  let text = '';
  for await (const chunk of await streamOpenAi()) text += chunk.choices[0]?.delta.content ?? '';
  expect(text).toBe(reply.text);
  const message = await streamAnthropic().finalMessage();
  expect(message.content).toMatchObject([{ text: reply.text }, { input: { a: '🎭' } }]);
  const whole = await openai.chat.completions.create({ model: 'gpt-test', messages });
  expect(whole.choices[0]?.message.content).toBe(reply.text);
});

test('tokens are paced from the start of the request', async () => {
  simulator.script({ tokens: 6, delayMs: 60, tokenDelayMs: 20 });
  const started = performance.now();
  const times: number[] = [];
  for await (const chunk of await streamOpenAi()) {
    if (chunk.choices[0]?.delta.content) times.push(performance.now() - started);
  }
  expect(times[0]).toBeGreaterThanOrEqual(58);
  expect(times[5]).toBeGreaterThanOrEqual(157);
  expect(times[5]).toBeLessThan(600);
});

test.each([
  ['json', 200, 'application/json'],
  ['html', 502, 'text/html'],
  ['empty', 200, 'application/json'],
] as const)('garbage: %s', async (garbage, status, type) => {
  simulator.script({ garbage, ...(status !== 200 && { status }) });
  const response = await fetch(`${simulator.baseUrls.openai}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'gpt-test', messages }),
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
  await expect(response.json()).rejects.toMatchObject({ name: 'SyntaxError' });
  expect((await ended()).outcome).toBe('garbage');
});

test('a broken line in a stream is an error in both SDKs', async () => {
  simulator.script({ tokens: 5, garbage: 'sse' }, { tokens: 5, garbage: 'sse' });
  const quiet = openai.withOptions({ logLevel: 'off' });
  const stream = quiet.chat.completions.stream({ model: 'gpt-test', messages });
  await expect(stream.finalChatCompletion()).rejects.toThrow(/JSON/);
  const messageStream = anthropic
    .withOptions({ logLevel: 'off' })
    .messages.stream({ model: 'claude-test', max_tokens: 100, messages });
  await expect(messageStream.finalMessage()).rejects.toThrow(/JSON/);
});
