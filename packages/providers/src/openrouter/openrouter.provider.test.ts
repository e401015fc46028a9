import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ContentPart } from '@troupe/contracts';
import type { ModelMessage, ModelRequest } from '@troupe/spec';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { createModelCatalog } from '../create-model-catalog.js';
import { limitFeedbackOf } from '../shared/limit-feedback.js';

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

describe('a tool loop', () => {
  const tools = [{ name: 'look', description: '', parameters: { type: 'object', properties: {} } }];
  const settings = { reasoning: { effort: 'low' as const } };
  const question: ModelMessage = { role: 'user', content: [{ type: 'text', text: 'Look' }] };
  const model = (name: string) =>
    createModelCatalog({ openrouter: { apiKeys: ['sk-or'], baseUrl: simulator.baseUrls.openrouter } }).resolve(
      `openrouter/${name}`,
    );

  async function loopOf(name: string, more: ModelRequest['settings'] = {}): Promise<ModelRequest> {
    simulator.script({ reasoning: 'Hm.', toolCalls: [{ name: 'look', arguments: {} }] });
    const asked = { messages: [question], tools, settings: { ...settings, ...more } };
    const { content } = await model(name).generate(asked);
    const results = content.flatMap((part): ContentPart[] =>
      part.type === 'tool_call'
        ? [{ type: 'tool_result', tool_call_id: part.id, name: part.name, status: 'completed', content: 'seen' }]
        : [],
    );
    return { ...asked, messages: [question, { role: 'assistant', content }, { role: 'tool', content: results }] };
  }

  test('of a Claude model stays with its upstream, and thinks on', async () => {
    const provider_options = { openrouter: { provider: { order: ['Amazon Bedrock'] } } };
    const loop = await loopOf('anthropic/claude-x', { provider_options });
    await model('anthropic/claude-x').generate(loop);
    expect(simulator.requests.at(-1)?.body).toMatchObject({
      provider: { order: ['Amazon Bedrock'], allow_fallbacks: false },
      reasoning: { effort: 'low' },
    });
  });

  test('of another model goes on without thinking', async () => {
    const loop = await loopOf('anthropic/claude-x');
    await model('anthropic/claude-y').generate(loop);
    expect(simulator.requests.at(-1)?.body).not.toHaveProperty('reasoning');
  });

  test('that was routed stays with the model that was chosen', async () => {
    const loop = await loopOf('openrouter/auto');
    const answer = await model('openrouter/auto').generate(loop);
    expect(simulator.requests.at(-1)?.body).toMatchObject({ model: 'simulator/sim-chosen' });
    expect(answer.servedBy).toBe('simulator/sim-chosen');
  });
});

test('a refusal says when to come back', async () => {
  simulator.script({
    status: 429,
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${Date.now() + 5_000}` },
  });
  const catalog = createModelCatalog({ openrouter: { apiKeys: ['sk-or'], baseUrl: simulator.baseUrls.openrouter } });
  const request = { messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }] };
  const error = await catalog
    .resolve('openrouter/vendor/model')
    .generate(request)
    .catch((thrown: Error) => thrown);
  if (!(error instanceof Error)) throw new Error('It succeeded.');
  const { pauseMs, remaining } = limitFeedbackOf(error) ?? {};
  expect(remaining).toEqual({ requests: 0 });
  expect(pauseMs).toBeGreaterThan(3_000);
  expect(pauseMs).toBeLessThanOrEqual(5_000);
});
