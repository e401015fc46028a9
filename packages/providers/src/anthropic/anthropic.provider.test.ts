import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ModelRequest } from '@troupe/spec';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { createModelCatalog } from '../create-model-catalog.js';
import { limitFeedbackOf } from '../shared/limit-feedback.js';

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

const ask = (text: string): ModelRequest => ({ messages: [{ role: 'user', content: [{ type: 'text', text }] }] });
const model = (name: string) =>
  createModelCatalog({ anthropic: { apiKeys: ['sk-ant'], baseUrl: simulator.baseUrls.anthropic } }).resolve(
    `anthropic/${name}`,
  );

describe('a model without structured outputs', () => {
  const schema = {
    type: 'object',
    properties: { title: { type: 'string' } },
    required: ['title'],
    additionalProperties: false,
  };
  const request = { ...ask('Hello'), outputSchema: { name: 'plan', schema } };

  test('gives its answer to a tool, and it is read as text', async () => {
    const { content, finish } = await model('claude-3-5-haiku-latest').generate(request);
    expect(content).toEqual([{ type: 'text', text: expect.stringMatching(/^\{"title":/) }]);
    expect(finish.reason).toBe('stop');
  });

  test('so it is streamed', async () => {
    let text = '';
    for await (const event of model('claude-3-5-haiku-latest').stream(request)) {
      if (event.type === 'text.delta') text += event.delta;
      else expect(event).toMatchObject({ type: 'completed', response: { content: [{ type: 'text', text }] } });
    }
    expect(JSON.parse(text)).toEqual({ title: expect.any(String) });
  });

  test('its capabilities say so', () => {
    expect(model('claude-3-5-haiku-latest').capabilities.structuredOutput).toBe('strict_tool');
    expect(model('claude-haiku-4-5').capabilities).toMatchObject({ structuredOutput: 'json_schema', toolChoice: true });
    expect(model('claude-opus-5-5').capabilities.toolChoice).toBe(false);
  });
});

test.each(['pause_turn', 'model_context_window_exceeded', 'refusal'])(
  'the stop reason %s is told',
  async (stopReason) => {
    simulator.script({ text: 'Half', stopReason });
    const reasons: Record<string, string> = { model_context_window_exceeded: 'length', refusal: 'refusal' };
    const { finish } = await model('claude-haiku-4-5').generate(ask('Hello'));
    expect(finish).toEqual({ reason: reasons[stopReason] ?? 'other', raw: stopReason });
  },
);

test('answers and refusals tell what is left of the limits', async () => {
  const headers = {
    'anthropic-ratelimit-input-tokens-remaining': '0',
    'anthropic-ratelimit-input-tokens-reset': new Date(Date.now() + 30_000).toISOString(),
  };
  simulator.script({ text: 'Hello', headers }, { status: 429, headers }, { status: 529, retryAfter: 2 });
  const answer = await model('claude-haiku-4-5').generate(ask('Hello'));
  expect(limitFeedbackOf(answer)).toEqual({ remaining: { inputTokens: 0 }, succeeded: true });
  const failed = async (): Promise<Error> => {
    const outcome = await model('claude-haiku-4-5')
      .generate(ask('Hello'))
      .catch((error: Error) => error);
    if (!(outcome instanceof Error)) throw new Error('It succeeded.');
    return outcome;
  };
  const limited = limitFeedbackOf(await failed());
  expect(limited?.pauseMs).toBeGreaterThan(20_000);
  const overloaded = await failed();
  expect(overloaded).toMatchObject({ code: 'provider_overloaded', retryAfterMs: 2_000 });
  expect(limitFeedbackOf(overloaded)).toEqual({ pauseMs: 2_000 });
});
