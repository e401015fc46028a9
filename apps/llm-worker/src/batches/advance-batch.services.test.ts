import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cancelBatch, createBudget, readBudget } from '@troupe/database';
import { createModelCatalog } from '@troupe/providers';
import { startLlmSimulator } from '@troupe/testing';
import { BatchStage, MODELS, stopping } from './batches.test-stage.js';

let stage: BatchStage;
beforeAll(async () => {
  stage = await BatchStage.open();
});
afterAll(() => stage?.close());
beforeEach(() => stage.simulator.reset());

/** What the provider was sent. */
const sent = () => stage.simulator.batches;
const OPENAI = 'openai/gpt-4.1-mini';

describe.each(MODELS)('a batch for %s', (model) => {
  test('is submitted, followed and stored, each result with its item, at the price of batches', async () => {
    stage.simulator.setRules([
      { when: { lastUserTextIncludes: 'bad' }, reply: { status: 400, errorMessage: 'Too bad.' } },
      { reply: { text: 'Hi.', usage: { inputTokens: 100, outputTokens: 20 } } },
    ]);
    const batch = await stage.batch(model, ['one', 'bad', 'three', 'four', 'five']);
    expect(await stage.read(batch)).toMatchObject({ status: 'queued', counts: { total: 5, pending: 5 } });
    await stage.look(batch.id);
    expect(await stage.read(batch)).toMatchObject({ status: 'submitted', submitted_at: expect.any(String) });
    expect(await stage.dueIn(batch.id)).toBeGreaterThan(8);
    await stage.look(batch.id);
    expect((await stage.read(batch)).status).toBe('in_progress');
    await stage.look(batch.id);
    expect(await stage.read(batch)).toMatchObject({
      status: 'completed',
      counts: { total: 5, pending: 0, completed: 4, failed: 1, cancelled: 0, expired: 0 },
      usage: { input_tokens: 400, output_tokens: 80, total_tokens: 480, cost: expect.closeTo(0.000_24, 9) },
      error: null,
      ended_at: expect.any(String),
    });
    const results = await stage.results(batch);
    expect(results.map(({ custom_id, status }) => [custom_id, status])).toEqual([
      ['one', 'completed'],
      ['bad', 'failed'],
      ['three', 'completed'],
      ['four', 'completed'],
      ['five', 'completed'],
    ]);
    expect(results[0]).toMatchObject({
      response: { content: [{ type: 'text', text: 'Hi.' }], finish: { reason: 'stop' } },
      usage: { input_tokens: 100, output_tokens: 20, cost: expect.closeTo(0.000_06, 9) },
    });
    expect(results[1]).toMatchObject({
      response: null,
      usage: null,
      error: { code: 'provider_invalid_request', message: expect.stringContaining('Too bad') },
    });
    const ledger = await stage.ledger(batch.tenantId);
    expect(ledger.map(({ outcome, cost }) => [outcome, cost])).toEqual([
      ['completed', expect.closeTo(0.000_06, 9)],
      ['provider_invalid_request', 0],
      ['completed', expect.closeTo(0.000_06, 9)],
      ['completed', expect.closeTo(0.000_06, 9)],
      ['completed', expect.closeTo(0.000_06, 9)],
    ]);
    expect(ledger[0]).toMatchObject({ purpose: 'batch', price_version: 'test@1', input_tokens: 100 });
    expect(sent()).toHaveLength(1);
  });

  test('that expires keeps the results that there are', async () => {
    stage.simulator.scriptBatches({ outcome: 'expired', answered: 2 });
    const batch = await stage.batch(model, ['a', 'b', 'c']);
    expect(await stage.run(batch)).toMatchObject({ status: 'expired', counts: { completed: 2, expired: 1 } });
    expect(await stage.statuses(batch)).toEqual(['completed', 'completed', 'expired']);
    expect(await stage.ledger(batch.tenantId)).toHaveLength(2);
  });

  test('that is cancelled before it was sent is never sent', async () => {
    const batch = await stage.batch(model, ['a', 'b']);
    expect(await cancelBatch(stage.database, batch.tenantId, batch.id)).toMatchObject({
      status: 'cancelled',
      counts: { pending: 0, cancelled: 2 },
      cancel_requested: true,
    });
    expect(await stage.statuses(batch)).toEqual(['cancelled', 'cancelled']);
    await expect(stage.claim(batch.id)).rejects.toThrow('undefined was claimed');
  });

  test('that is cancelled while it is claimed is not sent either', async () => {
    const batch = await stage.batch(model, ['a', 'b']);
    const claimed = await stage.claim(batch.id);
    await cancelBatch(stage.database, batch.tenantId, batch.id);
    await stage.worker().advance(claimed, new AbortController().signal);
    expect(await stage.read(batch)).toMatchObject({ status: 'cancelled', counts: { cancelled: 2 } });
    expect(sent()).toEqual([]);
  });

  test('that is cancelled later ends with its provider, and keeps what was done', async () => {
    stage.simulator.scriptBatches({ hold: true, answered: 1 });
    const batch = await stage.batch(model, ['a', 'b', 'c']);
    await stage.look(batch.id);
    await stage.look(batch.id);
    const claimed = await stage.claim(batch.id);
    const asked = await cancelBatch(stage.database, batch.tenantId, batch.id);
    expect(asked).toMatchObject({ status: 'in_progress', cancel_requested: true, ended_at: null });
    await stage.worker().advance(claimed, new AbortController().signal);
    // The look that knew nothing of it is followed by one at once.
    expect(await stage.dueIn(batch.id)).toBeLessThanOrEqual(0);
    expect(await stage.run(batch)).toMatchObject({ status: 'cancelled', counts: { completed: 1, cancelled: 2 } });
    expect(await cancelBatch(stage.database, batch.tenantId, batch.id)).toMatchObject({ status: 'cancelled' });
    expect(await stage.ledger(batch.tenantId)).toHaveLength(1);
  });

  test('is looked at again when its provider fails to tell', async () => {
    stage.simulator.scriptBatches({ failPolls: 2, polls: 3 });
    const batch = await stage.batch(model, ['a']);
    await stage.look(batch.id);
    await stage.look(batch.id);
    expect(await stage.read(batch)).toMatchObject({ status: 'submitted', error: null });
    expect(await stage.dueIn(batch.id)).toBeGreaterThan(4);
    expect((await stage.run(batch)).status).toBe('completed');
  });

  test('whose results break off is read again, and nothing counts twice', async () => {
    const texts = Array.from({ length: 250 }, (_, index) => `item-${index}`);
    stage.simulator.setRules([{ reply: { text: 'Hi.', usage: { inputTokens: 10, outputTokens: 2 } } }]);
    stage.simulator.scriptBatches({ polls: 0, cutResultsAfter: 230 });
    const batch = await stage.batch(model, texts);
    await stage.look(batch.id);
    await stage.look(batch.id);
    const half = await stage.read(batch);
    expect(half).toMatchObject({ status: 'submitted', counts: { completed: 200, pending: 50 } });
    expect(await stage.run(batch)).toMatchObject({
      status: 'completed',
      counts: { completed: 250, pending: 0 },
      usage: { input_tokens: 2_500, output_tokens: 500 },
    });
    expect(await stage.ledger(batch.tenantId)).toHaveLength(250);
  });

  test('of whose acceptance nobody heard is found, not sent again', async () => {
    stage.simulator.scriptBatches({ loseAcceptance: true });
    const batch = await stage.batch(model, ['a', 'b']);
    await stage.look(batch.id);
    expect(await stage.read(batch)).toMatchObject({ status: 'queued', submitted_at: null });
    // What was sent gets the time to show up.
    expect(await stage.dueIn(batch.id)).toBeGreaterThan(50);
    // A batch of the same size that others made, perhaps another program with the same key.
    const other = await stage.batch(model, ['c', 'd']);
    await stage.look(other.id);
    for (const accepted of sent()) accepted.end();
    expect((await stage.run(batch)).status).toBe('completed');
    expect((await stage.results(batch)).map(({ custom_id }) => custom_id)).toEqual(['a', 'b']);
    expect((await stage.run(other)).status).toBe('completed');
    expect(sent()).toHaveLength(2);
  });

  test('that the provider refuses says why', async () => {
    const refusing = createModelCatalog({
      openai: { apiKeys: ['sk'], baseUrl: `${stage.simulator.url}/nowhere` },
      anthropic: { apiKeys: ['sk'], baseUrl: `${stage.simulator.url}/nowhere` },
    });
    const batch = await stage.batch(model, ['a']);
    await stage.look(batch.id, stage.worker(stage.database, refusing));
    expect(await stage.read(batch)).toMatchObject({
      status: 'failed',
      counts: { failed: 1 },
      error: { retryable: false, message: expect.stringContaining('404') },
    });
    expect((await stage.results(batch))[0]).toMatchObject({ status: 'failed', error: { retryable: false } });
  });

  test('without a result for each request says which are missing', async () => {
    stage.simulator.scriptBatches({ withoutResults: [1] });
    const batch = await stage.batch(model, ['a', 'b', 'c']);
    expect(await stage.run(batch)).toMatchObject({ status: 'completed', counts: { completed: 2, failed: 1 } });
    expect((await stage.results(batch))[1]).toMatchObject({ error: { code: 'provider_bad_response' } });
  });

  test('that a worker which stops has in its hands is left to another', async () => {
    const batch = await stage.batch(model, ['a']);
    await stage.look(batch.id);
    await stage.worker().advance(await stage.claim(batch.id), stopping());
    expect(await stage.dueIn(batch.id)).toBeLessThanOrEqual(0);
    expect((await stage.run(batch)).status).toBe('completed');
  });

  test('sets its money aside before it is sent, and is charged what it cost', async () => {
    stage.simulator.setRules([{ reply: { text: 'Hi.', usage: { inputTokens: 1_000, outputTokens: 1_000 } } }]);
    const tenantId = await stage.tenant();
    const budget = await createBudget(stage.database, tenantId, { scope: 'tenant', period: 'day', limit_usd: 0.01 });
    const batch = await stage.batch(model, ['a', 'b'], tenantId);
    await stage.look(batch.id);
    const { reserved } = await readBudget(stage.database, tenantId, budget.id);
    expect(reserved).toBeGreaterThan(0.000_1);
    await stage.run(batch);
    expect(await readBudget(stage.database, tenantId, budget.id)).toMatchObject({ reserved: 0, spent: 0.002 });

    const large = await stage.batch(
      model,
      Array.from({ length: 200 }, (_, index) => `${index}`),
      tenantId,
    );
    await stage.look(large.id);
    expect(await stage.read(large)).toMatchObject({ status: 'failed', error: { code: 'budget_exceeded' } });
    expect(await readBudget(stage.database, tenantId, budget.id)).toMatchObject({ reserved: 0, spent: 0.002 });
    expect(sent()).toHaveLength(1);
  });
});

test('a batch of an unknown price costs nobody knows what', async () => {
  const batch = await stage.batch('openai/unpriced', ['a', 'b']);
  expect(await stage.run(batch)).toMatchObject({ status: 'completed', usage: { cost: null } });
  expect((await stage.ledger(batch.tenantId)).map(({ cost }) => cost)).toEqual([null, null]);
});

test('a batch that openai cannot take yet is submitted again', async () => {
  stage.simulator.scriptBatches({ polls: 0, outcome: 'failed', errorCode: 'token_limit_exceeded' }, {});
  const batch = await stage.batch(OPENAI, ['a']);
  await stage.look(batch.id);
  await stage.look(batch.id);
  expect(await stage.read(batch)).toMatchObject({ status: 'queued', submitted_at: null, error: null });
  expect(await stage.run(batch)).toMatchObject({ status: 'completed', counts: { completed: 1 } });
  expect(sent()).toHaveLength(2);
});

test('a batch that openai refuses as a whole fails', async () => {
  stage.simulator.scriptBatches({ outcome: 'failed', errorMessage: 'Missing parameter' });
  const batch = await stage.batch(OPENAI, ['a', 'b']);
  expect(await stage.run(batch)).toMatchObject({
    status: 'failed',
    counts: { failed: 2 },
    error: { message: expect.stringContaining('Missing parameter') },
  });
  expect(await stage.ledger(batch.tenantId)).toEqual([]);
});

test('a key that is refused is followed by the next one', async () => {
  const guarded = await startLlmSimulator({ apiKey: 'sk-good' });
  const openai = { apiKeys: ['sk-bad', 'sk-good'], baseUrl: guarded.baseUrls.openai };
  const worker = stage.worker(stage.database, createModelCatalog({ openai }));
  const batch = await stage.batch(OPENAI, ['a']);
  await stage.look(batch.id, worker);
  expect(await stage.read(batch)).toMatchObject({ status: 'queued' });
  await stage.look(batch.id, worker);
  expect(await stage.read(batch)).toMatchObject({ status: 'submitted' });
  await guarded.close();
});

test('a batch that nobody takes fails after a day, one that nobody answers after three', async () => {
  const away = createModelCatalog({ openai: { apiKeys: ['sk'], baseUrl: 'http://127.0.0.1:1/v1' } });
  const worker = stage.worker(stage.database, away);
  const unsent = await stage.batch(OPENAI, ['a']);
  await stage.look(unsent.id, worker);
  expect(await stage.read(unsent)).toMatchObject({ status: 'queued', error: null });
  await stage.change(unsent.id, `created_at = now() - interval '4 days', intent_at = NULL`);
  await stage.look(unsent.id, worker);
  expect(await stage.read(unsent)).toMatchObject({ status: 'failed', error: { code: 'provider_unavailable' } });

  const lost = await stage.batch(OPENAI, ['a']);
  await stage.look(lost.id);
  await stage.look(lost.id, worker);
  expect((await stage.read(lost)).status).toBe('submitted');
  await stage.change(lost.id, `submitted_at = now() - interval '4 days'`);
  await stage.look(lost.id, worker);
  expect(await stage.read(lost)).toMatchObject({ status: 'failed', counts: { failed: 1 } });
});

test('a model that has no provider any more fails what was never sent, and holds what was', async () => {
  const empty = createModelCatalog({ anthropic: { apiKeys: ['sk'], baseUrl: stage.simulator.baseUrls.anthropic } });
  const worker = stage.worker(stage.database, empty);
  const unsent = await stage.batch(OPENAI, ['a']);
  await stage.look(unsent.id, worker);
  expect(await stage.read(unsent)).toMatchObject({ status: 'failed', error: { code: 'provider_not_configured' } });
  const submitted = await stage.batch(OPENAI, ['a']);
  await stage.look(submitted.id);
  await stage.look(submitted.id, worker);
  expect((await stage.read(submitted)).status).toBe('submitted');
  expect((await stage.run(submitted)).status).toBe('completed');
});

test('a batch that kills every worker that takes it is given up', async () => {
  const batch = await stage.batch(OPENAI, ['a']);
  for (let count = 0; count < 10; count += 1) await stage.claim(batch.id);
  await stage.look(batch.id);
  expect(await stage.read(batch)).toMatchObject({ status: 'failed', error: { code: 'internal_error' } });
  expect(sent()).toEqual([]);
});

test('text that Postgres refuses is stored without what it refuses', async () => {
  stage.simulator.setRules([{ reply: { text: 'a\u0000b\ud800c' } }]);
  const batch = await stage.batch(OPENAI, ['a']);
  await stage.run(batch);
  expect((await stage.results(batch))[0]?.response?.content).toEqual([{ type: 'text', text: 'ab\ufffdc' }]);
});
