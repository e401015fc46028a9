import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type InteractResponse, newId, type RunResult, type UsageReport } from '@troupe/contracts';
import { ensureTenant, ledgerRow, recordUsage } from '@troupe/database';
import { answer } from '@troupe/testing';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
let tenantId: string;
beforeAll(async () => {
  gateway = await startGatewayForTest();
  tenantId = await ensureTenant(gateway.database, 'default');
});
afterAll(() => gateway?.stop());

async function report(query: string, key = gateway.key): Promise<UsageReport> {
  const response = await gateway.call('GET', `/api/usage?${query}`, { key });
  expect(response.status).toBe(200);
  return (await response.json()) as UsageReport;
}

/** A call of 100 and 10 tokens. */
async function store(userId: string, call: { model?: string; cost?: number; at?: string; threadId?: string } = {}) {
  const { model = 'openai/gpt-4o', cost, at, threadId } = call;
  const row = ledgerRow({
    purpose: 'turn',
    model,
    outcome: 'completed',
    usage: {
      inputTokens: 100,
      outputTokens: 10,
      cachedInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningTokens: 0,
      estimated: cost === undefined,
    },
    ...(cost !== undefined && { price: { cost, priceVersion: 'own@1' } }),
  });
  await recordUsage(gateway.database, { tenantId, userId, ...(threadId && { threadId }) }, row);
  if (!at) return;
  await gateway.database.dataSource.query('UPDATE usage_ledger SET created_at = $2 WHERE id = $1', [row.id, at]);
}

describe('a usage report', () => {
  test('counts what a run has used, with what the run itself says', async () => {
    const user = newId();
    gateway.model.enqueue(answer('Hi.'));
    const interact = { message: 'Hello', user_id: user };
    const response = await gateway.call('POST', '/api/llm/interact', { body: interact });
    const { run_id } = (await response.json()) as InteractResponse;
    const { run } = (await (await gateway.call('GET', `/api/runs/${run_id}`)).json()) as RunResult;
    const { input_tokens, output_tokens, total_tokens, cost } = run.usage;
    expect(total_tokens).toBeGreaterThan(0);
    const ofRun = await report(`run_id=${run_id}&group_by=run,user,agent,model,purpose&purpose=turn`);
    const sums = { calls: 1, input_tokens, output_tokens, total_tokens, cost };
    expect(ofRun.totals).toMatchObject(sums);
    expect(ofRun).toMatchObject({
      group_by: ['run', 'user', 'agent', 'model', 'purpose'],
      data: [{ ...sums, run_id, user_id: user, agent: 'assistant', model: gateway.model.id, purpose: 'turn' }],
      next_cursor: null,
    });
  });

  test('says how much of it nobody knows the price of', async () => {
    const user = newId();
    await store(user, { cost: 0.25 });
    await store(user, { model: 'ollama/llama3.1' });
    const { data, totals } = await report(`user_id=${user}&group_by=model`);
    expect(data).toMatchObject([
      { model: 'ollama/llama3.1', cost: null, unpriced_calls: 1, estimated_calls: 1 },
      { model: 'openai/gpt-4o', cost: 0.25, unpriced_calls: 0, estimated_calls: 0 },
    ]);
    expect(totals).toMatchObject({ calls: 2, cost: 0.25, unpriced_calls: 1, estimated_calls: 1 });
  });

  test('is one of the last thirty days by day, unless told otherwise', async () => {
    const user = newId();
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    await store(user, { at: daysAgo(40) });
    await store(user, { at: daysAgo(20) });
    await store(user);
    const latest = await report(`user_id=${user}`);
    expect(latest.data.map(({ day }) => day)).toEqual([daysAgo(20).slice(0, 10), expect.any(String)]);
    expect(Date.parse(latest.to) - Date.parse(latest.from)).toBe(30 * 86_400_000);
    expect(latest.to).toMatch(/T00:00:00\.000Z$/);
    const from = daysAgo(41).slice(0, 10);
    expect(await report(`user_id=${user}&from=${from}`)).toMatchObject({
      from: `${from}T00:00:00.000Z`,
      totals: { calls: 3 },
    });
    const to = daysAgo(30);
    expect(await report(`user_id=${user}&from=${from}&to=${to}`)).toMatchObject({ to, totals: { calls: 1 } });
    expect(await report(`user_id=${user}&to=${daysAgo(15)}`)).toMatchObject({ totals: { calls: 2 } });
  });

  test('of an old thread begins with the thread', async () => {
    const days = 300;
    const begun = (Date.now() - days * 86_400_000).toString(16).padStart(12, '0');
    const threadId = `${begun.slice(0, 8)}-${begun.slice(8)}${newId().slice(13)}`;
    await store(newId(), { threadId, at: new Date(Date.now() - (days - 1) * 86_400_000).toISOString() });
    await store(newId(), { threadId });
    expect(await report(`thread_id=${threadId}&group_by=thread`)).toMatchObject({
      data: [{ thread_id: threadId, calls: 2 }],
    });
    // An id that does not say when it was made.
    const other = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
    await store(newId(), { threadId: other });
    expect(await report(`thread_id=${other}`)).toMatchObject({ totals: { calls: 1 } });
  });

  test('comes in pages, each with the sums over all', async () => {
    const user = newId();
    const models = ['a/1', 'a/2', 'a/3', 'b/1', 'b/"2"'];
    for (const model of models) await store(user, { model, cost: 0.5 });
    const seen: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: UsageReport = await report(
        `user_id=${user}&group_by=provider&group_by=model&limit=2${cursor && `&cursor=${cursor}`}`,
      );
      expect(page.totals).toMatchObject({ calls: 5, cost: 2.5 });
      seen.push(...page.data.map(({ model }) => model));
      cursor = page.next_cursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(models));
  });

  test("holds nothing of another tenant's, and is there for any key of its own", async () => {
    const user = newId();
    await store(user, { cost: 1 });
    const foreign = await report(`user_id=${user}&group_by=user`, gateway.otherTenantKey);
    expect(foreign).toMatchObject({ data: [], next_cursor: null, totals: { calls: 0, cost: null } });
    expect((await report(`user_id=${user}`, gateway.userKey)).totals.calls).toBe(1);
    expect((await gateway.call('GET', '/api/usage', { key: null })).status).toBe(401);
  });

  test.each([
    ['group_by=week', 'group_by'],
    ['group_by=day,day', 'group_by'],
    ['from=yesterday', 'from'],
    ['from=2026-02-30T00:00:00Z', 'from'],
    ['from=2026-02-30', 'from'],
    ['from=0000-01-01', 'from'],
    ['from=2026-01-01T00:00:00', 'from'],
    ['from=2026-01-02&to=2026-01-01', 'from'],
    ['to=9999-99-99', 'to'],
    ['run_id=7', 'run_id'],
    ['cursor=abc', 'cursor'],
    [`cursor=${Buffer.from('["a", "b"]').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('{}').toString('base64url')}`, 'cursor'],
    ['limit=0', 'limit'],
    ['user=ada', 'user'],
  ])('is refused for ?%s', async (query, field) => {
    const response = await gateway.call('GET', `/api/usage?${query}`);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'invalid_request', errors: [{ field }] },
    ]);
  });
});
