import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { createModelCatalog } from '../create-model-catalog.js';

let simulator: LlmSimulator;
beforeAll(async () => {
  simulator = await startLlmSimulator();
});
afterAll(() => simulator.close());

test('the application names itself to OpenRouter in headers', async () => {
  const settings = { apiKeys: ['sk-or'], baseUrl: simulator.baseUrls.openrouter };
  const catalog = createModelCatalog({
    openrouter: { ...settings, siteUrl: 'https://app.example.com', title: 'My application' },
  });
  const request = { messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }] };
  await catalog.resolve('openrouter/vendor/model').generate(request);
  expect(simulator.requests.at(-1)?.headers).toMatchObject({
    authorization: 'Bearer sk-or',
    'http-referer': 'https://app.example.com',
    'x-openrouter-title': 'My application',
  });

  await createModelCatalog({ openrouter: settings }).resolve('openrouter/vendor/model').generate(request);
  expect(simulator.requests.at(-1)?.headers).not.toHaveProperty('http-referer');
});
