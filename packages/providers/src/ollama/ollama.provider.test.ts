import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { HttpTransport } from '../shared/http-transport.js';
import { defaultTimeouts } from '../shared/provider-timeouts.js';
import { createOllamaProvider } from './ollama.provider.js';

let simulator: LlmSimulator;
beforeAll(async () => {
  simulator = await startLlmSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const provider = () =>
  createOllamaProvider({ baseUrl: simulator.baseUrls.ollama }, { transport: new HttpTransport(defaultTimeouts) });
const request = { messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }] };

test('lists the models that the server has', async () => {
  expect(await provider().listModels()).toContain('sim-echo:latest');
});

describe('a model that goes away in the middle', () => {
  test.each(['load', 'unload', ''])('with the reason "%s" breaks the answer off', async (stopReason) => {
    simulator.setRules([{ reply: { text: 'Half', stopReason } }]);
    const model = provider().createModel('llama3.1');
    const broken = { code: 'provider_stream_interrupted', retryable: true };
    await expect(model.generate(request)).rejects.toMatchObject(broken);
    const read = async () => {
      for await (const event of model.stream(request)) expect(event.type).toBe('text.delta');
    };
    await expect(read()).rejects.toMatchObject(broken);
  });
});

describe('embeddings', () => {
  const texts = Array.from({ length: 130 }, (_, index) => `text number ${index}`);

  test('are one vector a text, in order, over several requests', async () => {
    const embedding = provider().createEmbedding?.('nomic-embed-text');
    const { vectors, inputTokens, estimated } = (await embedding?.embed({ texts, dimensions: 16 })) ?? {};
    expect(vectors).toHaveLength(130);
    expect(new Set(vectors?.map(({ length }) => length))).toEqual(new Set([16]));
    const [alone] = (await embedding?.embed({ texts: [texts[129] ?? ''], dimensions: 16 }))?.vectors ?? [];
    expect(vectors?.[129]).toEqual(alone);
    expect(inputTokens).toBeGreaterThan(130);
    expect(estimated).toBe(false);
    expect(embedding?.id).toBe('ollama/nomic-embed-text');
  });

  test('of nothing are none', async () => {
    expect(await provider().createEmbedding?.('nomic-embed-text').embed({ texts: [] })).toMatchObject({ vectors: [] });
  });

  test('end with the reason of whoever aborts', async () => {
    const reason = new Error('enough');
    const embedding = provider().createEmbedding?.('nomic-embed-text');
    await expect(embedding?.embed({ texts }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
