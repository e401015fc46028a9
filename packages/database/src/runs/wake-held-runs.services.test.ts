import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { createTestDatabase, type TestDatabase } from '@troupe/testing';
import { Database } from '../database.js';
import { ensureTenant } from '../tenants/ensure-tenant.js';
import { wakeHeldRuns } from './wake-held-runs.js';

const GPT = { provider: 'openai', model: 'gpt-4o' };

let server: TestDatabase;
let database: Database;
let tenantId: string;
let agentId: string;

beforeAll(async () => {
  server = await createTestDatabase();
  database = await Database.connect({
    url: server.url,
    poolSize: 4,
    applicationName: 'test',
    onConnectionError: () => undefined,
  });
  await database.migrate();
  tenantId = await ensureTenant(database, 'default');
  agentId = await makeAgent({});
});
afterAll(async () => {
  await database.close();
  await server.drop();
});
beforeEach(async () => {
  await sql('TRUNCATE runs, threads CASCADE');
});

const sql = <Row>(text: string, values: unknown[] = []): Promise<Row[]> => database.dataSource.query(text, values);

async function makeAgent(configuration: object): Promise<string> {
  const id = newId();
  await sql(`INSERT INTO agents (id, tenant_id, slug, version) VALUES ($1, $2, $3, 1)`, [id, tenantId, newId()]);
  await sql(
    `INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit) VALUES ($1, 1, $2, $3, 50)`,
    [id, tenantId, JSON.stringify(configuration)],
  );
  return id;
}

interface HeldRun {
  model?: string;
  agent?: string;
  waitKind?: string | null;
  sleepsSeconds?: number;
  options?: object;
  paused?: boolean;
}

async function hold(run: HeldRun = {}): Promise<string> {
  const { model = 'openai/gpt-4o', agent = agentId, waitKind = 'rate_limit', sleepsSeconds = 60 } = run;
  const [id, threadId] = [newId(), newId()];
  await sql('INSERT INTO threads (id, tenant_id) VALUES ($1, $2)', [threadId, tenantId]);
  await sql(
    `INSERT INTO runs (id, tenant_id, thread_id, agent_id, agent_version, agent, model, status, wait_kind, next_wake_at,
      deadline_at, input_message_id, head_message_id, options, paused_at)
    VALUES ($1, $2, $3, $4, 1, 'a', $5, 'queued', $6, now() + make_interval(secs => $7), now() + interval '1 hour', $1, $1,
      $8, CASE WHEN $9 THEN now() END)`,
    [id, tenantId, threadId, agent, model, waitKind, sleepsSeconds, run.options ?? {}, run.paused ?? false],
  );
  return id;
}

async function wake(key = GPT, afterMs = 0) {
  const woken = [];
  for await (const batch of wakeHeldRuns(database, { ...key, afterMs })) woken.push(...batch);
  return woken;
}

const wokenIds = async (key = GPT) => (await wake(key)).map(({ runId }) => runId);

describe('waking runs that a limit holds', () => {
  test('takes those of the model, in the order in which they would have come, one after the other', async () => {
    const late = await hold({ sleepsSeconds: 90 });
    const early = await hold({ sleepsSeconds: 30 });
    await hold({ model: 'openai/gpt-4o-mini' });
    await hold({ model: 'azure/gpt-4o' });
    const woken = await wake(GPT, 5_000);
    expect(woken).toEqual([
      { runId: early, step: 0, dispatch: 2, wakeInMs: 5_000 },
      { runId: late, step: 0, dispatch: 2, wakeInMs: 5_020 },
    ]);
    const rows = await sql<{ id: string; seconds: number }>(
      'SELECT id, extract(epoch FROM next_wake_at - now())::float8 AS seconds FROM runs WHERE dispatch = 2 ORDER BY 2',
    );
    expect(rows.map(({ id }) => id)).toEqual([early, late]);
    for (const { seconds } of rows) expect(seconds).toBeLessThan(6.1);
  });

  test('takes every model under a pattern', async () => {
    const ids = [await hold(), await hold({ model: 'openai/gpt-4o-mini', sleepsSeconds: 70 })];
    expect(await wokenIds({ provider: 'openai', model: 'gpt-4o*' })).toEqual(ids);
  });

  test('takes those that may ask other models too', async () => {
    const routed = await makeAgent({ routing: {} });
    const falling = await makeAgent({ fallback_models: ['openai/gpt-4o'] });
    const model = 'anthropic/claude';
    await hold({ model });
    const ids = [
      await hold({ model, agent: routed, sleepsSeconds: 61 }),
      await hold({ model, agent: falling, sleepsSeconds: 62 }),
      await hold({ model, options: { fallback_models: ['openai/gpt-4o'] }, sleepsSeconds: 63 }),
    ];
    expect(await wokenIds()).toEqual(ids);
  });

  test('leaves those alone that wait for something else, were paused, or come sooner anyway', async () => {
    await hold({ waitKind: 'timer' });
    await hold({ waitKind: null });
    await hold({ paused: true });
    await hold({ sleepsSeconds: 0.5 });
    expect(await wake()).toEqual([]);
  });

  test('goes through a long line in several statements, and once', async () => {
    await hold();
    await sql(`WITH made AS (
        INSERT INTO threads (id, tenant_id) SELECT gen_random_uuid(), tenant_id FROM runs, generate_series(1, 1199) RETURNING id
      )
      INSERT INTO runs (id, tenant_id, thread_id, agent_id, agent_version, agent, model, status, wait_kind, next_wake_at,
        deadline_at, input_message_id, head_message_id)
      SELECT gen_random_uuid(), runs.tenant_id, made.id, agent_id, agent_version, agent, model, status, wait_kind,
        next_wake_at + interval '1 minute', deadline_at, input_message_id, head_message_id FROM runs, made`);
    const woken = await wake();
    expect(new Set(woken.map(({ runId }) => runId)).size).toBe(1_200);
    expect(woken.map(({ wakeInMs }) => Math.round(wakeInMs))).toEqual(Array.from({ length: 1_200 }, (_, n) => n * 20));
    expect(await wake(GPT, 60_000)).toEqual([]);
  });
});
