import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { createModelCatalog } from '../create-model-catalog.js';

let simulator: LlmSimulator;
beforeAll(async () => {
  simulator = await startLlmSimulator();
});
afterAll(() => simulator.close());

test('the API version is pinned, and the key is sent as that version knows it', async () => {
  const catalog = createModelCatalog({ anthropic: { apiKeys: ['sk-ant'], baseUrl: simulator.baseUrls.anthropic } });
  const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }];
  await catalog.resolve('anthropic/claude-haiku-4-5').generate({ messages, settings: { temperature: 0 } });
  const headers = simulator.requests.at(-1)?.headers;
  expect(headers).toMatchObject({ 'anthropic-version': '2023-06-01', 'x-api-key': 'sk-ant' });
  expect(headers).not.toHaveProperty('authorization');
});
