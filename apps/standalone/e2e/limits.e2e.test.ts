import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { LimitUsage } from '@troupe/contracts';
import pg from 'pg';
import { eventually } from './eventually.js';
import { eventsOf, type FollowedRun, follow } from './follow.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(90_000);

/** Ten a minute: two go at once, and the next one about 6 s later, which is longer than a worker waits in place. */
const TEN_A_MINUTE = 'rpm=10';
const AT_ONCE = 2;
/** Processes read limits that an operator sets every 5 s. */
const KNOWN_WITHIN_MS = 10_000;
/** So that few runs are parked before the wider limit is known. */
const PROBE_EVERY_MS = 500;
/** What the provider asks for, in seconds. */
const RETRY_AFTER = 4;

describe('limits of providers', () => {
  let server: TestServer;
  let sql: pg.Client;

  beforeAll(async () => {
    server = await startTestServer({
      args: ['--split', '--llm-workers', '2'],
      env: { LIMITS: `openai/scarce: ${TEN_A_MINUTE}; openai/busy: ${TEN_A_MINUTE}; openai/strict: rpm=600` },
    });
    sql = new pg.Client({ connectionString: server.services.databaseUrl });
    await sql.connect();
  });

  afterAll(async () => {
    await sql?.end();
    await server?.stop();
  });

  /** On a thread that has its title, so that no other call is made for it. */
  async function start(model: string, options: { fallback_models?: string[] } = {}): Promise<string> {
    const answer = await server.send('POST', '/api/threads', { body: { title: 'A talk' } });
    const thread = (await answer.json()) as { id: string };
    const message = `Hello, ${model}`;
    const run = await server.client.interactBackground({ message, model, thread_id: thread.id, ...options });
    return run.run_id;
  }

  const followed = (runId: string): Promise<FollowedRun> => follow(server.client.runs.events(runId));
  const startAndFollow = async (model: string) => followed(await start(model));
  const callsOf = (model: string) => server.simulator.requests.filter(({ request }) => request?.model === model);

  async function usageOf(model: string): Promise<LimitUsage | undefined> {
    const answer = await server.send('GET', '/api/limits/state');
    expect(answer.status).toBe(200);
    const { data } = (await answer.json()) as { data: LimitUsage[] };
    return data.find((usage) => usage.model === model);
  }

  async function setLimit(model: string, rpm: number): Promise<void> {
    const answer = await server.send('PUT', '/api/limits', { body: { provider: 'openai', model, rpm } });
    expect(answer.status).toBe(200);
  }

  /** Uses up what may go at once. */
  async function useUp(model: string): Promise<void> {
    for (let count = 0; count < AT_ONCE; count += 1) {
      expect(await startAndFollow(model)).toMatchObject({ status: 'completed' });
    }
  }

  /** Until a run is parked, and answers it. */
  const parked = (runId: string) =>
    eventually('the run is parked', async () => {
      const { run } = await server.client.runs.get(runId);
      return run.wait_kind === 'rate_limit' ? run : undefined;
    });

  /** Its end, or that it is parked. */
  const reached = (runId: string) =>
    eventually('the run ends or is parked', async () => {
      const { run } = await server.client.runs.get(runId);
      return run.status === 'completed' || run.wait_kind === 'rate_limit' ? run : undefined;
    });

  const triesOf = async (runId: string) => {
    const { rows } = await sql.query('SELECT retry_count, crash_count, claims FROM runs WHERE id = $1', [runId]);
    return rows[0];
  };

  test('a run over the limit says what it waits for, and completes when its turn comes', async () => {
    await useUp('openai/scarce');
    const begin = Date.now();
    const first = await start('openai/scarce');
    await parked(first);
    const second = await start('openai/scarce');

    expect(await parked(second)).toMatchObject({ status: 'waiting', wait_kind: 'rate_limit', error: null });
    expect(await usageOf('scarce')).toMatchObject({ limits: { rpm: 10 }, under_way: 0, waiting: 2 });
    expect(await triesOf(second)).toEqual({ retry_count: 0, crash_count: 0, claims: 0 });

    const [one, other] = await Promise.all([followed(first), followed(second)]);
    for (const [index, run] of [one, other].entries()) {
      expect(run.status).toBe('completed');
      expect(run.types).not.toContain('step.restarted');
      expect(run.types.filter((type) => type === 'step.started' || type === 'run.started')).toHaveLength(2);
      const [wait] = eventsOf(run.events, 'run.waiting');
      expect(wait).toMatchObject({ kind: 'rate_limit', dimension: 'rpm', position: index + 1 });
      const until = Date.parse(wait?.until ?? '');
      expect(until - begin).toBeGreaterThan(2_000 + 4_000 * index);
      expect(until - begin).toBeLessThan(14_000 * (index + 1));
    }
    expect(callsOf('scarce')).toHaveLength(AT_ONCE + 2);
    expect(await triesOf(first)).toEqual({ retry_count: 0, crash_count: 0, claims: 0 });
    expect(await usageOf('scarce')).toMatchObject({ waiting: 0, under_way: 0 });
  });

  test('a fallback model answers at once where the first one is at its limit', async () => {
    await useUp('openai/busy');
    const run = await followed(await start('openai/busy', { fallback_models: ['anthropic/claude-sonnet-4'] }));

    expect(run.status).toBe('completed');
    expect(run.types).not.toContain('run.waiting');
    expect(eventsOf(run.events, 'step.started')).toEqual([{ step: 0, model: 'anthropic/claude-sonnet-4' }]);
    expect(callsOf('busy')).toHaveLength(AT_ONCE);
    // It stands in no line any more.
    await eventually('the line is empty', async () => (await usageOf('busy'))?.waiting === 0);
  });

  test('a limit that an operator sets holds in every worker within seconds, and so does a wider one', async () => {
    expect(await startAndFollow('openai/free')).toMatchObject({ status: 'completed' });
    await setLimit('free', 10);
    const runs: string[] = [];
    const isParked = async () => {
      await sleep(PROBE_EVERY_MS);
      const runId = await start('openai/free');
      runs.push(runId);
      return (await reached(runId)).wait_kind === 'rate_limit';
    };
    await eventually('a run has to wait', isParked, KNOWN_WITHIN_MS);
    expect(await usageOf('free')).toMatchObject({ limits: { rpm: 10 } });

    await setLimit('free', 60_000);
    await eventually('a run does not wait', async () => !(await isParked()), KNOWN_WITHIN_MS);
    // Those that are parked come back at the times that they were told under the narrow limit.
    const results = await Promise.all(runs.map((runId) => server.client.runs.cancel(runId)));
    for (const { run } of results) expect(['completed', 'cancelled']).toContain(run.status);
    expect(results.some(({ run }) => run.status === 'cancelled')).toBe(true);
    const removed = await server.send('DELETE', '/api/limits?provider=openai&model=free');
    expect(removed.status).toBe(204);
  });

  test("a provider's own 429 parks the run, and nobody asks again before its time", async () => {
    server.simulator.setRules([
      { when: { model: 'strict' }, reply: { status: 429, retryAfter: RETRY_AFTER }, times: 1 },
    ]);
    const first = await start('openai/strict');
    await parked(first);
    // Of another worker or the same: the pause is everybody's.
    const others = await Promise.all([start('openai/strict'), start('openai/strict'), start('openai/strict')]);
    const runs = await Promise.all([first, ...others].map(followed));

    for (const run of runs) expect(run.status).toBe('completed');
    const [wait] = eventsOf(runs[0]?.events ?? [], 'run.waiting');
    expect(wait).toMatchObject({ kind: 'rate_limit', dimension: 'penalty' });
    const [refused, ...later] = callsOf('strict');
    expect(refused).toMatchObject({ status: 429 });
    expect(later).toHaveLength(4);
    for (const { receivedAt } of later) {
      expect(receivedAt - (refused?.receivedAt ?? 0)).toBeGreaterThanOrEqual(RETRY_AFTER * 1_000);
    }
    expect(await triesOf(first)).toMatchObject({ retry_count: 0, crash_count: 0 });
  });
});
