import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { LlmSimulator } from './start-llm-simulator.js';
import { startLlmSimulator } from './start-llm-simulator.js';

let simulator: LlmSimulator;

beforeAll(async () => {
  simulator = await startLlmSimulator({ windowMs: 60_000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

interface Answer {
  choices?: { message: { content: string } }[];
  usage?: { completion_tokens: number };
  error?: { message: string };
}

interface Question {
  model?: string;
  text?: string;
  headers?: Record<string, string>;
  responseFormat?: unknown;
  signal?: AbortSignal;
}

async function ask({ model = 'gpt-test', text = 'Hello', headers = {}, responseFormat, signal }: Question = {}) {
  const response = await fetch(`${simulator.baseUrls.openai}/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ model, messages: [{ role: 'user', content: text }], response_format: responseFormat }),
    signal,
  });
  const body = (await response.json()) as Answer;
  return { status: response.status, text: body.choices?.[0]?.message.content, error: body.error?.message, body };
}

async function control(path: string, body?: unknown) {
  const response = await fetch(`${simulator.url}/__simulator/${path}`, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

test('the first rule that matches answers, as often as it may; then the default answer', async () => {
  simulator.setRules([
    { when: (request) => request.lastUserText.includes('weather'), reply: { text: 'Rain.' } },
    { when: { lastUserTextIncludes: 'HELLO' }, reply: ({ model }) => ({ text: `Hello from ${model}.` }), times: 1 },
  ]);
  expect((await ask()).text).toBe('Hello from gpt-test.');
  expect((await ask()).text).toBe('You said: "Hello". I see 1 message of yours.');
  expect((await ask({ text: 'How is the weather?' })).text).toBe('Rain.');
});

test('scripted replies come in order, before any rule', async () => {
  simulator.setRules([{ reply: { text: 'rule' } }]);
  simulator.script({ text: 'one' }, { status: 503 });
  expect([(await ask()).text, (await ask()).status, (await ask()).text]).toEqual(['one', 503, 'rule']);
});

test('a model name steers the simulator, with a vendor prefix or a tag', async () => {
  expect((await ask({ model: 'sim-tokens-4' })).text).toBe('the company meets at');
  expect((await ask({ model: 'openai/sim-echo', text: 'Hi there' })).text).toBe('Hi there');
  expect((await ask({ model: 'sim-status-429-retry-2' })).status).toBe(429);
  expect((await ask({ model: 'sim-tokens-2:latest' })).body.usage?.completion_tokens).toBe(2);
  const schema = { type: 'object', properties: { facts: { type: 'array' } }, required: ['facts'] };
  const structured = await ask({
    model: 'sim-tokens-9',
    responseFormat: { type: 'json_schema', json_schema: { schema } },
  });
  expect(structured.text).toBe('{"facts":[]}');
  expect((await ask({ model: 'sim-constructor' })).text).toMatch(/^You said/);
});

test('headers steer one request and win over everything', async () => {
  simulator.script({ text: 'scripted' });
  expect((await ask({ model: 'sim-echo', headers: { 'x-sim-tokens': '2' } })).text).toBe('the company');
  expect((await ask({ headers: { 'x-sim-status': '500', 'x-sim-error-message': 'on purpose' } })).error).toBe(
    'on purpose',
  );
  expect(await ask({ headers: { 'x-sim-token': '2' } })).toMatchObject({
    status: 400,
    error: expect.stringMatching(/unknown header/),
  });
  expect(await ask({ headers: { 'x-sim-tokens': 'many' } })).toMatchObject({
    status: 400,
    error: expect.stringMatching(/invalid x-sim-/),
  });
});

test('another process can set rules and script, read requests and statistics, and reset', async () => {
  await control('rules', [{ when: { lastUserTextIncludes: 'hello' }, reply: { text: 'From a rule.' } }]);
  await control('script', { text: 'From the script.' });
  expect([(await ask()).text, (await ask()).text]).toEqual(['From the script.', 'From a rule.']);
  const { body: requests } = await control('requests?provider=openai&limit=1');
  expect(requests).toMatchObject([
    { number: expect.any(Number), outcome: 'completed', request: { lastUserText: 'Hello', model: 'gpt-test' } },
  ]);
  const { body: stats } = await control('stats');
  expect(stats).toMatchObject({
    total: { requests: 2, inFlight: 0, concurrentPeak: 1, window: { requests: 2, peakRequests: 2 } },
    models: { 'openai/gpt-test': { requests: 2 } },
  });
  await control('reset', {});
  expect((await control('stats')).body).toMatchObject({ total: { requests: 0 } });
  expect((await control('rules')).body).toEqual([]);
});

test('the control endpoint says what is wrong', async () => {
  const typo = await control('script', { txt: 'x' });
  expect(typo).toMatchObject({ status: 400, body: { error: expect.stringMatching(/txt/) } });
  expect((await control('nothing')).status).toBe(404);
});

test('requests are recorded with body, headers and how they ended', async () => {
  await ask({ headers: { 'x-trace': 'abc' } });
  const response = await fetch(`${simulator.url}/v1/chat/completions`, { method: 'POST', body: '{"broken' });
  expect(response.status).toBe(400);
  expect(simulator.requests).toMatchObject([
    { provider: 'openai', body: { model: 'gpt-test' }, headers: { 'x-trace': 'abc' }, outcome: 'completed' },
    { body: '{"broken', outcome: 'refused', status: 400 },
  ]);
});

test('the peak of concurrent requests is counted', async () => {
  simulator.setRules([{ reply: { hang: 'before_headers' } }]);
  const leave = new AbortController();
  const asking = Array.from({ length: 12 }, () => ask({ signal: leave.signal }).catch(() => undefined));
  while (simulator.requests.length < 12) await sleep(5);
  leave.abort();
  await Promise.all(asking);
  expect(simulator.stats().total).toMatchObject({ requests: 12, concurrentPeak: 12 });
  expect(simulator.stats().providers.openai?.concurrentPeak).toBe(12);
});

test('with a key, requests without it are refused', async () => {
  const locked = await startLlmSimulator({ apiKey: 'secret' });
  const post = (headers: Record<string, string>) =>
    fetch(`${locked.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }] }),
    });
  expect((await post({})).status).toBe(401);
  expect((await post({ authorization: 'Bearer secret' })).status).toBe(200);
  await locked.close();
});

test('the oldest requests are forgotten, and all are counted', async () => {
  const small = await startLlmSimulator({ keepRequests: 3 });
  for (let index = 0; index < 8; index += 1) {
    await fetch(`${small.url}/api/chat`, { method: 'POST', body: '{"model":"m","stream":false,"messages":[]}' });
  }
  expect(small.requests.map((request) => request.number)).toEqual([6, 7, 8]);
  expect(small.stats().total.requests).toBe(8);
  await small.close();
});
