import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ModelId, newId, TroupeError } from '@troupe/contracts';
import {
  callLedgerId,
  createBudget,
  Database,
  ensureTenant,
  LimitTable,
  ledgerRow,
  readBudget,
} from '@troupe/database';
import { MemoryCallLimiter, MemoryCircuitBreakers } from '@troupe/rate-limiter';
import type { EmbeddingModel, PriceBook } from '@troupe/spec';
import { answer, createTestDatabase, ScriptedModel, type TestDatabase, testRedisUrl } from '@troupe/testing';
import { Redis } from 'ioredis';
import { embed } from './embed.js';
import { type CallMeter, ModelCalls } from './model-calls.js';
import { startModelCalls } from './start-model-calls.js';

let server: TestDatabase;
let database: Database;
let tenantId: string;

beforeAll(async () => {
  server = await createTestDatabase();
  const onConnectionError = () => undefined;
  database = await Database.connect({ url: server.url, poolSize: 4, applicationName: 'test', onConnectionError });
  await database.migrate();
  tenantId = await ensureTenant(database, newId());
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

/** A dollar for a thousand output tokens. */
const prices: PriceBook = {
  priceOf: (_model, { outputTokens }) => ({ cost: outputTokens / 1_000, priceVersion: 'test' }),
};

function callsWith(models: ScriptedModel[], rpm?: number, meter?: CallMeter): ModelCalls {
  const configured = rpm === undefined ? [] : [{ provider: 'a', model: '*', rpm, source: 'file' as const }];
  const limits = new LimitTable({ database, configured, onError: () => undefined });
  return new ModelCalls({
    database,
    models: {
      defaultModel: 'a/one',
      resolve: (id: ModelId) => models.find((model) => model.id === id) ?? missing(id),
      list: async () => [],
    },
    prices,
    limiter: new MemoryCallLimiter({ limitsOf: (scope) => limits.limitsOf(scope) }),
    limits,
    breakers: new MemoryCircuitBreakers(),
    meter,
    onTrouble: () => undefined,
  });
}

function missing(id: ModelId): never {
  throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `There is no ${id}.` });
}

function plan(id: string, calls: ModelCalls) {
  return {
    id,
    routes: ['a/one'],
    request: { messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }] },
    tenant: tenantId,
    priority: 'interactive' as const,
    signal: new AbortController().signal,
    patienceMs: 0,
    onStart: (started: Parameters<ModelCalls['reserve']>[2]) =>
      calls.reserve({ tenantId, userId: null, agent: null }, callLedgerId(id, 1, started.number), started),
  };
}

describe('model calls', () => {
  test('begin once providers have loaded what they need, so that no run waits for it', async () => {
    const redis = new Redis(testRedisUrl(), { lazyConnect: true });
    let loaded = false;
    const models = {
      defaultModel: 'a/one',
      resolve: missing,
      list: async () => [],
      load: async () => {
        loaded = true;
      },
    };
    const calls = await startModelCalls({ database, redis, models, limits: [], logger: { warn: () => undefined } });
    calls.stop();
    redis.disconnect();
    expect(loaded).toBe(true);
  });

  test('within a limit go through, the next is held and told for how long', async () => {
    const calls = callsWith([new ScriptedModel([answer('1'), answer('2')], { id: 'a/one' })], 1);
    expect(await calls.caller.call(plan(newId(), calls))).toMatchObject({ type: 'answered' });
    expect(await calls.caller.call(plan(newId(), calls))).toMatchObject({ type: 'held', dimension: 'rpm' });
  });

  test('that pass a budget are refused before anything is sent, and those before are charged what they cost', async () => {
    const { id } = await createBudget(database, tenantId, {
      scope: 'tenant',
      subject: null,
      period: 'total',
      limit_usd: 1.5,
      unpriced: 'allow',
    });
    const model = new ScriptedModel([answer('1', { usage: { outputTokens: 600 } })], { id: 'a/one' });
    const calls = callsWith([model]);
    const first = newId();
    const answered = await calls.caller.call(plan(first, calls));
    const row = ledgerRow({
      id: callLedgerId(first, 1),
      purpose: 'direct',
      model: 'a/one',
      outcome: 'completed',
      usage: answered.attempts[0]?.usage ?? missing('usage'),
      price: { cost: 0.6, priceVersion: 'test' },
    });
    calls.settle(tenantId, [row]);
    while ((await readBudget(database, tenantId, id)).spent === 0) await new Promise((r) => setTimeout(r, 5));
    // The next may cost as much as 1,024 tokens, more than is left.
    const second = await callsWith([model]).caller.call(plan(newId(), calls));
    expect(second).toMatchObject({ type: 'failed', error: { code: 'budget_exceeded' }, attempts: [] });
    expect(model.requests).toHaveLength(1);
  });
});

describe('embeddings', () => {
  const model: EmbeddingModel = {
    id: 'a/embed',
    accounts: ['none'],
    embed: async ({ texts }) => ({ vectors: texts.map(() => [1]), inputTokens: 3, estimated: false }),
  };
  const options = { tenant: 't', signal: new AbortController().signal };

  test('are limited like other calls', async () => {
    const calls = callsWith([], 1);
    expect((await embed(calls, model, { texts: ['a'] }, options)).vectors).toEqual([[1]]);
    await expect(embed(calls, model, { texts: ['a'] }, options)).rejects.toMatchObject({
      code: 'provider_rate_limited',
      retryAfterMs: expect.any(Number),
    });
  });

  test('a pause that their provider asks for holds for the next', async () => {
    const error = new TroupeError({
      code: 'provider_rate_limited',
      fault: 'upstream',
      message: 'Slow down.',
      retryable: true,
      retryAfterMs: 60_000,
    });
    const calls = callsWith([]);
    await expect(
      embed(calls, { ...model, embed: () => Promise.reject(error) }, { texts: ['a'] }, options),
    ).rejects.toBe(error);
    await expect(embed(calls, model, { texts: ['a'] }, options)).rejects.toMatchObject({
      code: 'provider_rate_limited',
    });
  });
});

test('the meter is told of every settled call and of every wait', async () => {
  const counted: string[] = [];
  const meter: CallMeter = {
    countCall: ({ provider, model, outcome }) => void counted.push(`${provider}/${model} ${outcome}`),
    countWait: ({ model, dimension }) => void counted.push(`${model} waits for ${dimension}`),
  };
  const calls = callsWith([new ScriptedModel([answer('Hi')], { id: 'a/one' })], 1, meter);
  const ask = () => calls.caller.call({ ...plan(newId(), calls), onStart: async () => undefined });
  const first = await ask();
  if (first.type !== 'answered') throw new Error(`${first.type} instead of an answer`);
  calls.settle(tenantId, [
    ledgerRow({ purpose: 'turn', model: 'a/one', outcome: 'completed', usage: first.response.usage }),
  ]);
  expect(await ask()).toMatchObject({ type: 'held' });
  expect(counted).toEqual(['a/one completed', 'a/one waits for rpm']);
});
