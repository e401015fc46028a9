import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ContentPart, JsonSchema } from '@troupe/contracts';
import type { ChatModel, ModelEvent, ModelMessage, ModelRequest, ModelResponse } from '@troupe/spec';
import {
  type Cassette,
  type LlmSimulator,
  type SimulatedProvider,
  startCassette,
  startLlmSimulator,
} from '@troupe/testing';
import { createModelCatalog, type ModelCatalogSettings } from './create-model-catalog.js';

/**
 * What the adapters send, word for word: requests are compared with the recorded ones, so a change of an adapter shows
 * here as a difference of its requests. When it is meant, delete the cassette and run this test twice: the first run
 * records, and fails to say so; read the difference before it is committed.
 */
const folder = join(import.meta.dirname, 'cassettes');

interface Recorded {
  name: string;
  provider: SimulatedProvider;
  settings?: object;
  /** Ids that the adapter makes anew in every run, because the provider gives none. */
  ignoreBody?: string[];
}

const recorded: Recorded[] = [
  { name: 'anthropic', provider: 'anthropic' },
  {
    name: 'ollama',
    provider: 'ollama',
    ignoreBody: ['messages[*].tool_calls[*].id', 'messages[*].tool_call_id'],
  },
  { name: 'openai', provider: 'openai' },
  { name: 'openai-responses', provider: 'openai', settings: { api: 'responses' } },
  { name: 'openrouter', provider: 'openrouter' },
];

const matchHeaders = ['anthropic-beta', 'anthropic-version', 'content-type', 'http-referer', 'x-openrouter-title'];
const parameters: JsonSchema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const question: ModelMessage = { role: 'user', content: [{ type: 'text', text: 'Is it raining in Köln? 🌧️' }] };
const plain: ModelRequest = { system: 'You help.', messages: [question], settings: { max_tokens: 200 } };
const withTools: ModelRequest = {
  ...plain,
  tools: [{ name: 'weather', description: 'The weather of a city.', parameters }],
};
const withSchema: ModelRequest = { ...plain, outputSchema: { name: 'place', schema: parameters } };

describe.each(recorded)('$name, from its cassette', ({ name, provider, settings, ignoreBody }) => {
  let simulator: LlmSimulator;
  let cassette: Cassette;
  let model: ChatModel;
  let called: ModelResponse;

  beforeAll(async () => {
    simulator = await startLlmSimulator();
    cassette = await startCassette({
      file: join(folder, `${name}.cassette.yaml`),
      upstream: simulator.baseUrls[provider],
      mode: 'once',
      matchHeaders,
      ...(ignoreBody !== undefined && { ignoreBody }),
    });
    const configured: ModelCatalogSettings = {
      [provider]: { baseUrl: cassette.url, apiKeys: ['sk-recorded-0123456789'], ...settings },
    };
    model = createModelCatalog(configured).resolve(`${provider}/recorded-model`);
  });

  afterAll(async () => {
    await cassette.close();
    await simulator.close();
  });

  test('a whole answer', async () => {
    simulator.script({ text: 'Ja. ☔', usage: { inputTokens: 21, outputTokens: 3 } });
    expect(await model.generate(plain)).toMatchObject({
      content: [{ type: 'text', text: 'Ja. ☔' }],
      finish: { reason: 'stop' },
      usage: { inputTokens: 21, outputTokens: 3 },
    });
  });

  test('a stream, in its pieces', async () => {
    simulator.script({ text: 'Ja, es regnet. ☔', splitBytes: 50 });
    const events = await eventsOf(model, plain);
    expect(events.filter(({ type }) => type === 'text.delta').length).toBeGreaterThan(1);
    expect(responseOf(events).content).toEqual([{ type: 'text', text: 'Ja, es regnet. ☔' }]);
  });

  test('tool calls', async () => {
    simulator.script({
      text: 'I look.',
      toolCalls: [
        { name: 'weather', arguments: { city: 'Köln' } },
        { name: 'weather', arguments: { city: 'Bonn' } },
      ],
    });
    called = responseOf(await eventsOf(model, withTools));
    expect(called.content).toMatchObject([
      { type: 'text', text: 'I look.' },
      { type: 'tool_call', name: 'weather', arguments: { city: 'Köln' } },
      { type: 'tool_call', name: 'weather', arguments: { city: 'Bonn' } },
    ]);
    expect(called.finish.reason).toBe('tool_calls');
  });

  test('tool results', async () => {
    simulator.script({ text: 'In both.' });
    const results = called.content.flatMap((part): ContentPart[] =>
      part.type === 'tool_call'
        ? [{ type: 'tool_result', tool_call_id: part.id, name: part.name, status: 'completed', content: 'rain' }]
        : [],
    );
    const messages: ModelMessage[] = [
      question,
      { role: 'assistant', content: called.content },
      { role: 'tool', content: results },
    ];
    const { content } = responseOf(await eventsOf(model, { ...withTools, messages }));
    expect(content).toEqual([{ type: 'text', text: 'In both.' }]);
  });

  test('an answer of a given shape', async () => {
    simulator.script({ text: '{"city":"Köln"}' });
    expect((await model.generate(withSchema)).content).toEqual([{ type: 'text', text: '{"city":"Köln"}' }]);
  });

  test('a refusal of the request', async () => {
    simulator.script({ status: 429, retryAfter: 7 });
    await expect(model.generate(plain)).rejects.toMatchObject({ code: 'provider_rate_limited', retryAfterMs: 7_000 });
  });

  test('a stream that broke off', async () => {
    simulator.script({ text: 'Ja, es regnet. ☔', cutAfter: 2 });
    await expect(eventsOf(model, plain)).rejects.toMatchObject({ code: 'provider_stream_interrupted' });
  });

  test('nothing else was asked, and nothing was recorded anew', () => {
    expect(cassette.unused).toEqual([]);
    expect(cassette.misses).toEqual([]);
    // Read what has changed in the cassette, and run the test again.
    expect(cassette.recorded).toBe(0);
  });
});

async function eventsOf(model: ChatModel, request: ModelRequest): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream(request)) events.push(event);
  return events;
}

function responseOf(events: readonly ModelEvent[]): ModelResponse {
  const last = events.at(-1);
  if (last?.type !== 'completed') throw new Error(`The stream ended with ${last?.type ?? 'nothing'}.`);
  return last.response;
}
