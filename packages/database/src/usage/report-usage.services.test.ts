import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, type UsageDimension } from '@troupe/contracts';
import type { ModelUsage } from '@troupe/spec';
import { createTestDatabase, type TestDatabase } from '@troupe/testing';
import { Database } from '../database.js';
import { ledgerRow } from './ledger-row.js';
import { type CallOwner, recordUsage } from './record-usage.js';
import { reportUsage, type UsageFilter } from './report-usage.js';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await createTestDatabase();
  database = await Database.connect({
    url: server.url,
    poolSize: 4,
    applicationName: 'test',
    onConnectionError: () => undefined,
  });
  await database.migrate();
});
afterAll(async () => {
  await database?.close();
  await server?.drop();
});

const USAGE: ModelUsage = {
  inputTokens: 100,
  outputTokens: 10,
  cachedInputTokens: 40,
  cacheWriteInputTokens: 20,
  reasoningTokens: 5,
  estimated: false,
};

interface Call extends Partial<Omit<CallOwner, 'tenantId'>> {
  model?: string;
  purpose?: 'turn' | 'direct';
  usage?: Partial<ModelUsage>;
  cost?: number;
  at?: string;
}

async function store(tenantId: string, { model = 'openai/gpt-4o', purpose = 'turn', usage, cost, at, ...owner }: Call) {
  const price = cost === undefined ? undefined : { cost, priceVersion: 'own@1' };
  const row = ledgerRow({ purpose, model, outcome: 'completed', usage: { ...USAGE, ...usage }, price });
  await recordUsage(database, { tenantId, ...owner }, row);
  if (at) await database.dataSource.query('UPDATE usage_ledger SET created_at = $2 WHERE id = $1', [row.id, at]);
}

function filterOf(tenantId: string, filter: Partial<UsageFilter> = {}): UsageFilter {
  return {
    tenantId,
    from: '2020-01-01T00:00:00Z',
    to: '2100-01-01T00:00:00Z',
    runId: null,
    threadId: null,
    userId: null,
    agent: null,
    model: null,
    provider: null,
    purpose: null,
    ...filter,
  };
}

async function report(
  filter: UsageFilter,
  groupBy: UsageDimension[],
  page = { after: null as string | null, limit: 100 },
) {
  const { groups, totals } = await reportUsage(database, filter, { groupBy, ...page });
  return { groups: groups.map(({ group }) => group), totals };
}

describe('a report of usage', () => {
  test('tells what is known of the cost from what is not', async () => {
    const tenantId = newId();
    await store(tenantId, { cost: 0.25 });
    await store(tenantId, { cost: 0, usage: { estimated: true } });
    await store(tenantId, { model: 'ollama/llama3.1' });
    // Refused before it used anything: it cost nothing at any price.
    await store(tenantId, { model: 'ollama/llama3.1', usage: { inputTokens: 0, outputTokens: 0, estimated: true } });
    const { groups, totals } = await report(filterOf(tenantId), ['model']);
    const tokens = { cached_input_tokens: 80, cache_write_input_tokens: 40, reasoning_tokens: 10 };
    const sums = { calls: 2, input_tokens: 200, output_tokens: 20, total_tokens: 220, ...tokens };
    expect(groups).toEqual([
      {
        model: 'ollama/llama3.1',
        ...sums,
        input_tokens: 100,
        output_tokens: 10,
        total_tokens: 110,
        cost: null,
        unpriced_calls: 1,
        estimated_calls: 1,
      },
      { model: 'openai/gpt-4o', ...sums, cost: 0.25, unpriced_calls: 0, estimated_calls: 1 },
    ]);
    expect(totals).toEqual({
      calls: 4,
      input_tokens: 300,
      output_tokens: 30,
      total_tokens: 330,
      cached_input_tokens: 160,
      cache_write_input_tokens: 80,
      reasoning_tokens: 20,
      cost: 0.25,
      unpriced_calls: 1,
      estimated_calls: 2,
    });
  });

  test('groups by anything, and by several at once', async () => {
    const tenantId = newId();
    const [runId, threadId] = [newId(), newId()];
    await store(tenantId, { runId, threadId, userId: 'ada', agent: 'cherry', at: '2026-01-01T23:59:59Z' });
    await store(tenantId, { userId: 'ada', purpose: 'direct', model: 'a/b/c', at: '2026-01-02T00:00:00Z' });
    await store(tenantId, { userId: 'bob', agent: 'cherry', at: '2026-01-02T00:00:00Z' });
    const by = async (...dimensions: UsageDimension[]) => {
      const { groups } = await report(filterOf(tenantId), dimensions);
      return groups.map(({ calls, run_id, thread_id, user_id, agent, model, provider, purpose, day }) =>
        JSON.parse(JSON.stringify({ calls, run_id, thread_id, user_id, agent, model, provider, purpose, day })),
      );
    };
    expect(await by('run')).toEqual([
      { calls: 1, run_id: runId },
      { calls: 2, run_id: null },
    ]);
    expect(await by('thread')).toEqual([
      { calls: 1, thread_id: threadId },
      { calls: 2, thread_id: null },
    ]);
    expect(await by('user')).toEqual([
      { calls: 2, user_id: 'ada' },
      { calls: 1, user_id: 'bob' },
    ]);
    expect(await by('agent')).toEqual([
      { calls: 2, agent: 'cherry' },
      { calls: 1, agent: null },
    ]);
    expect(await by('provider')).toEqual([
      { calls: 1, provider: 'a' },
      { calls: 2, provider: 'openai' },
    ]);
    expect(await by('purpose')).toEqual([
      { calls: 1, purpose: 'direct' },
      { calls: 2, purpose: 'turn' },
    ]);
    expect(await by('day', 'user')).toEqual([
      { calls: 1, user_id: 'ada', day: '2026-01-01' },
      { calls: 1, user_id: 'ada', day: '2026-01-02' },
      { calls: 1, user_id: 'bob', day: '2026-01-02' },
    ]);
    expect(await by('run', 'thread', 'user', 'agent', 'model', 'provider', 'purpose', 'day')).toHaveLength(3);
  });

  test.each<[Partial<UsageFilter>, number]>([
    [{}, 3],
    [{ from: '2026-01-02T00:00:00Z' }, 2],
    [{ to: '2026-01-02T00:00:00Z' }, 1],
    [{ from: '2026-01-01T00:00:00Z', to: '2026-01-03T00:00:00+01:00' }, 2],
    [{ userId: 'ada' }, 2],
    [{ agent: 'cherry' }, 2],
    [{ model: 'a/b/c' }, 1],
    [{ model: 'b/c' }, 0],
    [{ provider: 'openai' }, 2],
    [{ purpose: 'direct', userId: 'ada' }, 1],
    [{ runId: newId() }, 0],
    [{ threadId: newId() }, 0],
  ])('counts only what %j lets through', async (filter, calls) => {
    const tenantId = newId();
    await store(tenantId, { userId: 'ada', agent: 'cherry', at: '2026-01-01T12:00:00Z' });
    await store(tenantId, { userId: 'ada', purpose: 'direct', model: 'a/b/c', at: '2026-01-02T00:00:00Z' });
    await store(tenantId, { userId: 'bob', agent: 'cherry', at: '2026-01-03T00:00:00Z' });
    const { groups, totals } = await report(filterOf(tenantId, filter), ['user']);
    expect(totals).toMatchObject({ calls, cost: null, unpriced_calls: calls });
    expect(groups.reduce((sum, group) => sum + group.calls, 0)).toBe(calls);
  });

  test('comes in pages that together hold every group once, with the sums over all on each', async () => {
    const tenantId = newId();
    const users = [null, '', 'null', 'a', 'ä', 'A"b', '["a"]', 'zoë', 'a\\b', '💡'];
    for (const userId of users) await store(tenantId, { userId, cost: 0.1 });
    const all = await report(filterOf(tenantId), ['user']);
    expect(all.groups.map(({ user_id }) => user_id)).toEqual(expect.arrayContaining(users));
    const seen: unknown[] = [];
    let after: string | null = null;
    do {
      const page = await reportUsage(database, filterOf(tenantId), { groupBy: ['user'], after, limit: 3 });
      expect(page.totals).toEqual(all.totals);
      seen.push(...page.groups.map(({ group }) => group));
      after = page.groups.at(-1)?.place ?? null;
    } while (after !== null);
    expect(seen).toEqual(all.groups);
    expect(all.totals).toMatchObject({ calls: 10, cost: 1 });
  });

  test("never holds another tenant's calls", async () => {
    const [tenantId, other] = [newId(), newId()];
    await store(other, { userId: 'ada', cost: 1 });
    expect(await report(filterOf(tenantId), ['user'])).toMatchObject({ groups: [], totals: { calls: 0, cost: null } });
  });
});
