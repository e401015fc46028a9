import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Batch, BatchItemResult } from '@troupe/contracts';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(120_000);

/** Far more than the first two looks at a batch take, ten seconds each. */
const END_MS = 90_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

async function ended(id: string): Promise<Batch> {
  const deadline = performance.now() + END_MS;
  for (;;) {
    const batch = await server.client.batches.get(id);
    if (batch.ended_at !== null) return batch;
    if (performance.now() > deadline) throw new Error(`The batch did not end: ${JSON.stringify(batch)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function resultsOf(id: string): Promise<BatchItemResult[]> {
  const results: BatchItemResult[] = [];
  for await (const result of server.client.batches.results(id)) results.push(result);
  return results;
}

describe('batches', () => {
  test('of both providers are answered, over a restart of the server, at the price of batches', async () => {
    server.simulator.setRules([
      { when: { lastUserTextIncludes: 'bad' }, reply: { status: 400, errorMessage: 'Not this.' } },
      { reply: { text: 'Hi.', usage: { inputTokens: 1_000, outputTokens: 100 } } },
    ]);
    const items = ['one', 'bad', 'three'].map((text) => ({ custom_id: text, message: text }));
    const models = ['openai/gpt-4.1-mini', 'anthropic/claude-haiku-4-5'];
    const ids: string[] = [];
    for (const model of models) ids.push((await server.client.batches.create({ model, items })).id);
    await server.restart();
    for (const id of ids) {
      expect(await ended(id)).toMatchObject({
        status: 'completed',
        counts: { total: 3, completed: 2, failed: 1 },
        usage: { input_tokens: 2_000, output_tokens: 200 },
      });
      expect(
        (await resultsOf(id)).map(({ custom_id, message, error }) => [custom_id, message?.content ?? error?.code]),
      ).toEqual([
        ['one', 'Hi.'],
        ['bad', 'provider_invalid_request'],
        ['three', 'Hi.'],
      ]);
    }
    expect(server.simulator.batches).toHaveLength(2);
    const { data } = await server.client.usage.report({ groupBy: ['purpose'], purpose: 'batch' });
    expect(data).toMatchObject([{ purpose: 'batch', calls: 6, input_tokens: 4_000, output_tokens: 400 }]);
  });

  test('are refused where the provider has none', async () => {
    const body = { model: 'ollama/llama3.1', items: [{ custom_id: 'a', message: 'Hello' }] };
    const response = await server.send('POST', '/api/llm/batches', { body });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'invalid_request', detail: expect.stringContaining('Choose a model of'), providers: expect.anything() },
    ]);
  });
});
