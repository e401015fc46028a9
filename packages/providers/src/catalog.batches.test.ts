import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, TroupeError } from '@troupe/contracts';
import type { BatchProvider, BatchRequest, BatchResult, BatchSubmission, ModelRequest } from '@troupe/spec';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { createModelCatalog } from './create-model-catalog.js';
import { registerFormatter } from './registered-formatters.js';

let simulator: LlmSimulator;
beforeAll(async () => {
  simulator = await startLlmSimulator();
});
afterAll(() => simulator.close());
beforeEach(() => simulator.reset());

const catalogOf = (api: 'chat' | 'responses' = 'chat', extra = {}) =>
  createModelCatalog({
    openai: { apiKeys: ['sk-openai'], baseUrl: simulator.baseUrls.openai, api },
    anthropic: { apiKeys: ['sk-ant'], baseUrl: simulator.baseUrls.anthropic },
    ...extra,
  });

const PROVIDERS = [
  ['openai, chat', () => catalogOf().resolveBatches('openai/gpt-4.1-mini')],
  ['openai, responses', () => catalogOf('responses').resolveBatches('openai/gpt-4.1-mini')],
  ['anthropic', () => catalogOf().resolveBatches('anthropic/claude-haiku-4-5')],
] as const;

function asked(text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return { messages: [{ role: 'user', content: [{ type: 'text', text }] }], ...more };
}

async function* all(requests: readonly BatchRequest[]): AsyncGenerator<BatchRequest> {
  yield* requests;
}

function submissionOf(batches: BatchProvider, more: Partial<BatchSubmission> = {}): BatchSubmission {
  const [account = ''] = batches.accounts;
  return { key: newId(), account, requestCount: 3, since: new Date(), beforePaying: async () => undefined, ...more };
}

function requests(...texts: string[]): BatchRequest[] {
  return texts.map((text, index) => ({ customId: String(index), request: asked(text) }));
}

async function resultsOf(batches: BatchProvider, id: string): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  const [account = ''] = batches.accounts;
  for await (const result of batches.results({ id, account })) results.push(result);
  return results.sort((a, b) => Number(a.customId) - Number(b.customId));
}

function failureOf(work: Promise<unknown>): Promise<TroupeError> {
  return work.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: unknown) => {
      if (error instanceof TroupeError) return error;
      throw error;
    },
  );
}

describe.each(PROVIDERS)('batches of %s', (_name, create) => {
  let batches: BatchProvider;
  let account: string;
  beforeEach(() => {
    batches = create();
    [account = ''] = batches.accounts;
  });

  test('are sent whole, worked on, and their results joined by id', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    };
    const tool = { name: 'weather', description: 'Tells the weather.', parameters: schema };
    simulator.setRules([
      { when: { lastUserTextIncludes: 'broken' }, reply: { status: 400, errorMessage: 'No.' } },
      {
        when: { lastUserTextIncludes: 'tool' },
        reply: { toolCalls: [{ name: 'weather', arguments: { city: 'Rome' } }] },
      },
      { when: { hasResponseSchema: true }, reply: { text: '{"city":"Oslo"}' } },
      { reply: { text: 'Hi.', usage: { inputTokens: 20, outputTokens: 2, cachedTokens: 8 } } },
    ]);
    const list = [
      ...requests('Hello', 'broken'),
      { customId: '2', request: asked('tool', { tools: [tool], system: 'Be brief.' }) },
      { customId: '3', request: asked('city', { outputSchema: { name: 'city', schema } }) },
    ];
    const id = await batches.submit(all(list), submissionOf(batches, { requestCount: 4 }));
    expect((await batches.status({ id, account })).state).toBe('in_progress');
    expect(await batches.status({ id, account })).toEqual({ state: 'completed', counts: { completed: 3, failed: 1 } });

    const [hello, broken, called, structured] = await resultsOf(batches, id);
    expect(hello).toMatchObject({
      status: 'completed',
      response: {
        content: [{ type: 'text', text: 'Hi.' }],
        finish: { reason: 'stop' },
        usage: { inputTokens: 20, outputTokens: 2, cachedInputTokens: 8, estimated: false },
      },
    });
    expect(broken).toMatchObject({ status: 'failed', error: { code: 'provider_invalid_request', retryable: false } });
    expect(called).toMatchObject({
      response: { content: [{ type: 'tool_call', name: 'weather', arguments: { city: 'Rome' } }] },
    });
    expect(structured).toMatchObject({ response: { content: [{ type: 'text', text: '{"city":"Oslo"}' }] } });
  });

  test('that expire say which requests were not worked on', async () => {
    simulator.scriptBatches({ polls: 0, outcome: 'expired', answered: 1 });
    const id = await batches.submit(all(requests('a', 'b', 'c')), submissionOf(batches));
    expect((await batches.status({ id, account })).state).toBe('expired');
    expect((await resultsOf(batches, id)).map(({ status }) => status)).toEqual(['completed', 'expired', 'expired']);
  });

  test('are cancelled, and cancelling what has ended changes nothing', async () => {
    simulator.scriptBatches({ hold: true, answered: 2 });
    const id = await batches.submit(all(requests('a', 'b', 'c')), submissionOf(batches));
    await batches.cancel({ id, account });
    expect((await batches.status({ id, account })).state).toBe('cancelled');
    await batches.cancel({ id, account });
    expect((await resultsOf(batches, id)).map(({ status }) => status)).toEqual(['completed', 'completed', 'cancelled']);
  });

  test('whose acceptance was lost are found, others are not', async () => {
    simulator.scriptBatches({ loseAcceptance: true }, {});
    const lost = submissionOf(batches);
    expect(await failureOf(batches.submit(all(requests('a', 'b', 'c')), lost))).toMatchObject({
      code: 'provider_unavailable',
      retryable: true,
    });
    const other = await batches.submit(all(requests('a', 'b', 'c')), submissionOf(batches));
    for (const batch of simulator.batches) batch.end();
    const [accepted] = simulator.batches;
    expect(await batches.find(lost, new Set([other]))).toEqual({ state: 'found', ids: [accepted?.id] });
    expect(await batches.find(submissionOf(batches), new Set())).toEqual({ state: 'absent' });
  });

  test('beyond the first page are found, oldest first', async () => {
    const lost = submissionOf(batches, { requestCount: 1 });
    const first = await batches.submit(all(requests('a')), lost);
    const second = await batches.submit(all(requests('a')), lost);
    for (let count = 0; count < 101; count += 1) {
      await batches.submit(all(requests('b')), submissionOf(batches, { requestCount: 1 }));
    }
    for (const batch of simulator.batches) batch.end();
    expect(await batches.find(lost, new Set())).toEqual({ state: 'found', ids: [first, second] });
  });

  test('nothing is paid when the last check fails', async () => {
    const beforePaying = async () => {
      throw new Error('Somebody else has it.');
    };
    const work = batches.submit(all(requests('a')), submissionOf(batches, { beforePaying }));
    await expect(work).rejects.toThrow('Somebody else has it.');
    expect(simulator.batches).toEqual([]);
  });

  test('a request that the model cannot take is refused before anything is sent', async () => {
    const request = { customId: '0', request: asked('a', { outputConstraint: { type: 'regex', pattern: 'a+' } }) };
    expect(() => batches.sizeOf(request)).toThrow(TroupeError);
    const beforePaying = async () => {
      throw new Error('too far');
    };
    expect((await failureOf(batches.submit(all([request]), submissionOf(batches, { beforePaying })))).code).toBe(
      'provider_invalid_request',
    );
  });

  test('more requests than one may hold are refused before anything is sent', async () => {
    const { requests: most, bytes } = batches.limits;
    expect([most, bytes]).toEqual(batches.model.startsWith('openai/') ? [50_000, 200_000_000] : [100_000, 256_000_000]);
    const [request] = requests('a');
    if (!request) throw new Error('There is one.');
    async function* tooMany() {
      for (let count = 0; count <= most; count += 1) yield request as BatchRequest;
    }
    const beforePaying = async () => {
      throw new Error('too far');
    };
    const error = await failureOf(batches.submit(tooMany(), submissionOf(batches, { beforePaying })));
    expect(error).toMatchObject({ code: 'provider_invalid_request', message: expect.stringContaining(String(most)) });
  });

  test('sizes are those of what is sent', () => {
    const [short, long] = requests('a', 'a'.repeat(1_001));
    if (!short || !long) throw new Error('There are two.');
    expect(batches.sizeOf(long) - batches.sizeOf(short)).toBe(1_000);
    expect(batches.sizeOf(short)).toBeGreaterThan(100);
  });

  test('an id that the provider does not know is said to be a batch', async () => {
    const error = await failureOf(batches.status({ id: 'batch_gone', account }));
    expect(error).toMatchObject({ message: expect.stringContaining('batch batch_gone'), details: { status: 404 } });
  });

  test('results that break off are no results', async () => {
    simulator.scriptBatches({ polls: 0, cutResultsAfter: 1 });
    const id = await batches.submit(all(requests('a', 'b', 'c')), submissionOf(batches));
    await batches.status({ id, account });
    expect(await failureOf(resultsOf(batches, id))).toMatchObject({
      code: 'provider_stream_interrupted',
      retryable: true,
    });
    expect(await resultsOf(batches, id)).toHaveLength(3);
  });

  test('requests are shaped as live ones are', async () => {
    const remove = registerFormatter({
      name: 'shout',
      appliesTo: () => true,
      format: (request) => ({ ...request, system: 'SHOUT.' }),
    });
    try {
      await create().submit(all(requests('a')), submissionOf(batches));
    } finally {
      remove();
    }
    expect(JSON.stringify(simulator.batches[0]?.requests)).toContain('SHOUT.');
  });
});

describe('a batch of anthropic that is still under way', () => {
  test('tells whose it is only at its end', async () => {
    const batches = catalogOf().resolveBatches('anthropic/claude-haiku-4-5');
    simulator.scriptBatches({ loseAcceptance: true, hold: true });
    const lost = submissionOf(batches);
    await failureOf(batches.submit(all(requests('a', 'b', 'c')), lost));
    expect(await batches.find(lost, new Set())).toEqual({ state: 'unclear' });
    expect(await batches.find({ ...lost, requestCount: 2 }, new Set())).toEqual({ state: 'absent' });
    const [batch] = simulator.batches;
    batch?.end();
    expect(await batches.find(lost, new Set())).toEqual({ state: 'found', ids: [batch?.id] });
  });
});

describe('a batch of openai that fails as a whole', () => {
  test.each([
    ['token_limit_exceeded', 'Enqueued token limit reached', { code: 'provider_rate_limited', retryable: true }],
    [undefined, 'Missing required parameter', { code: 'provider_invalid_request', retryable: false }],
  ])('with the code %s', async (errorCode, errorMessage, error) => {
    const batches = catalogOf().resolveBatches('openai/gpt-4.1-mini');
    simulator.scriptBatches({ polls: 0, outcome: 'failed', errorMessage, ...(errorCode && { errorCode }) });
    const submission = submissionOf(batches);
    const id = await batches.submit(all(requests('a')), submission);
    const status = await batches.status({ id, account: submission.account });
    expect(status).toMatchObject({ state: 'failed', error });
    expect(status.error?.message).toContain(errorMessage);
    // It may be submitted again, so it is not taken for the one that was.
    expect(await batches.find(submission, new Set())).toEqual({ state: 'absent' });
  });
});

test('a provider without batches is refused, naming those that have them', () => {
  const catalog = catalogOf('chat', { ollama: { baseUrl: simulator.baseUrls.ollama } });
  expect(() => catalog.resolveBatches('ollama/llama3.2')).toThrow(
    expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining('anthropic or openai') }),
  );
});
