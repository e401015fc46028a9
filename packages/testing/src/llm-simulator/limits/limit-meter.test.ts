import { afterEach, expect, test } from '@jest/globals';
import type { LlmSimulator } from '../start-llm-simulator.js';
import { startLlmSimulator } from '../start-llm-simulator.js';
import { LimitMeter } from './limit-meter.js';

let simulator: LlmSimulator | undefined;
afterEach(() => simulator?.close());

test('every window is counted at the times of arrival, and what does not fit is told when it would', () => {
  const meter = new LimitMeter({ rpm: 3, tpm: 1_000 }, 60_000);
  for (const at of [1_000, 2_000, 30_000]) expect(meter.arrive(at, 100)).not.toHaveProperty('refusedForMs');
  expect(meter.arrive(60_999, 100).refusedForMs).toBe(1);
  expect(meter.arrive(61_000, 100)).toEqual({
    requests: { limit: 3, remaining: 0, resetMs: 60_000 },
    tokens: { limit: 1_000, remaining: 700, resetMs: 60_000 },
  });
  expect(meter.arrive(63_000, 801).refusedForMs).toBe(27_000);
  expect(meter.arrive(63_000, 800)).not.toHaveProperty('refusedForMs');
  expect(meter.read(63_000)).toEqual({
    windowMs: 60_000,
    requests: { limit: 3, current: 3, peak: 3, total: 5 },
    tokens: { limit: 1_000, current: 1_000, peak: 1_000, total: 1_200 },
    refused: 2,
  });
});

test('without limits it counts, and refuses nothing', () => {
  const meter = new LimitMeter({}, 100);
  for (let time = 1; time <= 1_000; time += 1) expect(meter.arrive(time, 5)).toEqual({});
  expect(meter.read(1_000)).toMatchObject({
    requests: { limit: null, current: 100, peak: 100, total: 1_000 },
    tokens: { current: 500 },
    refused: 0,
  });
});

test.each([
  ['openai', '/v1/chat/completions', 'x-ratelimit-remaining-requests', 'x-ratelimit-remaining-tokens'],
  ['anthropic', '/v1/messages', 'anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-tokens-remaining'],
])('%s answers with what is left, then 429 with the time to wait', async (_vendor, path, requestsLeft, tokensLeft) => {
  simulator = await startLlmSimulator({ limits: { rpm: 2, tpm: 10_000 } });
  const { url } = simulator;
  const body = JSON.stringify({ model: 'm', max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] });
  const ask = () => fetch(`${url}${path}`, { method: 'POST', body, headers: { 'anthropic-version': '2023-06-01' } });
  const first = await ask();
  expect(first.status).toBe(200);
  expect(first.headers.get(requestsLeft)).toBe('1');
  expect(Number(first.headers.get(tokensLeft))).toBeLessThan(10_000);
  expect((await ask()).headers.get(requestsLeft)).toBe('0');

  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(55);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  expect(await (await fetch(`${url}/__simulator/limits`)).json()).toMatchObject({
    requests: { limit: 2, current: 2, peak: 2 },
    refused: 1,
  });
  simulator.reset();
  expect((await ask()).status).toBe(200);
});
