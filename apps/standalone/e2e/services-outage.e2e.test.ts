import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startTcpProxy, type TcpProxy } from '@troupe/testing';
import pg from 'pg';
import { eventually } from './eventually.js';
import { eventsOf, follow } from './follow.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(60_000);

/** Without Redis each step waits for a worker's own look, at most 2 s; a margin for a busy machine. Milliseconds. */
const SLOW_ANSWER_MS = 4_000;
/** With Redis nothing waits for a look; a margin for a busy machine. Milliseconds. */
const FAST_ANSWER_MS = 1_500;
/** 5 s for a connection and 10 s for a statement, with the same margin. Milliseconds. */
const FROZEN_ANSWER_MS = 20_000;

describe('services that go away and come back', () => {
  let server: TestServer;
  let redis: TcpProxy;
  let postgres: TcpProxy;
  let pids: Record<string, number>;

  beforeAll(async () => {
    server = await startTestServer({
      args: ['--split', '--gateways', '2', '--llm-workers', '2', '--tool-workers', '1'],
      env: async ({ redisUrl = '', databaseUrl = '' }) => {
        [redis, postgres] = await Promise.all([startTcpProxy(redisUrl), startTcpProxy(databaseUrl)]);
        return { REDIS_URL: redis.url, DATABASE_URL: postgres.url };
      },
    });
    pids = server.process.pids();
  });

  afterAll(async () => {
    await server.stop();
    await Promise.all([redis.close(), postgres.close()]);
  });

  /** Milliseconds until the right answer is there. */
  async function ask(): Promise<number> {
    const startedAt = performance.now();
    const answer = await server.client.interact({ message: 'Are you there?' });
    expect(answer.response).toBe('You said: "Are you there?". I see 1 message of yours.');
    return performance.now() - startedAt;
  }

  async function readiness(): Promise<[number, boolean, boolean]> {
    const response = await server.send('GET', '/readyz?verbose', { key: null });
    const { checks } = (await response.json()) as { checks: { postgres: { ok: boolean }; redis: { ok: boolean } } };
    return [response.status, checks.postgres.ok, checks.redis.ok];
  }

  const isFastAgain = () => eventually('fast answers', async () => (await ask()) < FAST_ANSWER_MS, 20_000);

  test('without Redis answers come, only later, and with it again as fast as before', async () => {
    expect(await ask()).toBeLessThan(FAST_ANSWER_MS);
    await redis.goAway();

    expect(await ask()).toBeLessThan(SLOW_ANSWER_MS);
    expect(await readiness()).toEqual([200, true, false]);
    const [run, background] = await Promise.all([
      follow(server.client.interactStream({ message: 'What is 6 * 7?' })),
      server.client.interactBackground({ message: 'Later' }),
    ]);
    expect(run).toMatchObject({ status: 'completed', text: 'The tool calculate answered: 42' });
    expect(await follow(server.client.runs.events(background.run_id))).toMatchObject({ status: 'completed' });

    await redis.comeBack();
    await isFastAgain();
    expect(await readiness()).toEqual([200, true, true]);
  });

  test('without Redis a tool that is slow holds up no other', async () => {
    const sql = new pg.Client({ connectionString: server.services.databaseUrl });
    await sql.connect();
    await redis.goAway();
    await sql.query('BEGIN');
    await sql.query('LOCK TABLE todo_tasks IN ACCESS EXCLUSIVE MODE');
    const slow = follow(
      server.client.interactStream({
        message: 'Add a task to wait.',
        user_id: 'ada',
        persona_id: 'todo-assistant',
      }),
    );
    await eventually('a call under way', async () => {
      const { rows } = await sql.query("SELECT FROM tool_calls WHERE state = 'dispatched'");
      return rows;
    });
    const quick = await server.client.interact({ message: 'What is 6 * 7?' });
    expect(quick.response).toBe('The tool calculate answered: 42');

    await sql.query('ROLLBACK');
    expect(await slow).toMatchObject({ status: 'completed' });
    await sql.end();
    await redis.comeBack();
    await isFastAgain();
  });

  test('Redis goes away in mid-stream: the reader gets the rest from Postgres, nothing missing', async () => {
    let gone: Promise<void> | undefined;
    const startedAt = performance.now();
    const run = await follow(
      server.client.interactStream({ message: 'x', model: 'openai/sim-tokens-40-pace-50' }),
      ({ type }) => {
        if (type === 'text.delta') gone ??= redis.goAway();
      },
    );
    const tookMs = performance.now() - startedAt;
    await gone;
    await redis.comeBack();

    expect(tookMs).toBeLessThan(40 * 50 + SLOW_ANSWER_MS / 2);

    expect(run.status).toBe('completed');
    expect(run.text).toBe((await server.client.runs.get(run.runId)).response);
    expect(run.text.split(' ')).toHaveLength(40);
    expect(run.types).not.toContain('step.restarted');
    await isFastAgain();
  });

  test('a Redis that is killed starts empty, and no run is lost', async () => {
    const accepted = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        server.client.interactBackground({ message: `What is ${index} + 1?`, model: 'openai/sim-delay-300' }),
      ),
    );
    process.kill(server.services.pids.redis ?? Number.NaN, 'SIGKILL');

    const runs = await Promise.all(accepted.map(({ run_id }) => follow(server.client.runs.events(run_id))));
    expect(runs.map(({ status, text }) => [status, text])).toEqual(
      accepted.map((_, index) => ['completed', `The tool calculate answered: ${index + 1}`]),
    );
    for (const { events } of runs) expect(eventsOf(events, 'tool_call.completed')).toHaveLength(1);
    await isFastAgain();
  });

  test('a Redis that freezes holds up nobody for long', async () => {
    const pid = server.services.pids.redis ?? Number.NaN;
    process.kill(pid, 'SIGSTOP');
    try {
      expect(await ask()).toBeLessThan(SLOW_ANSWER_MS);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await isFastAgain();
  });

  test('without Postgres requests are refused as database_unavailable, and served once it is back', async () => {
    await postgres.goAway();

    for (const [method, path, body] of [
      ['POST', '/api/llm/interact', { message: 'hi' }],
      ['GET', '/api/agents', undefined],
      ['POST', '/api/chats', {}],
    ] as const) {
      const response = await server.send(method, path, { body });
      expect([path, response.status]).toEqual([path, 503]);
      expect(await response.json()).toMatchObject({ code: 'database_unavailable' });
    }
    const unknownKey = await server.send('GET', '/api/agents', { key: 'trp_not-seen-before' });
    expect(unknownKey.status).toBe(503);
    expect((await readiness())[0]).toBe(503);
    expect((await server.send('GET', '/livez', { key: null })).status).toBe(200);

    await postgres.comeBack();
    await eventually('an answer', () => ask().catch(() => undefined), 20_000);
    expect((await readiness())[0]).toBe(200);
  });

  test('a Postgres that freezes holds up nobody for ever: requests end, and all is well once it thaws', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const create = () => server.send('POST', '/api/chats', { body: { title: 'Once' }, headers });
    postgres.freeze();
    const startedAt = performance.now();
    const answers = await Promise.all([
      create(),
      ...['a', 'b', 'c'].map((message) => server.send('POST', '/api/llm/interact', { body: { message } })),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(FROZEN_ANSWER_MS);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    for (const answer of answers) expect(await answer.json()).toMatchObject({ code: 'database_unavailable' });
    expect((await server.send('GET', '/livez', { key: null })).status).toBe(200);

    postgres.thaw();
    await eventually('an answer', () => ask().catch(() => undefined), 30_000);
    // What was held back may have made the chat or not; the key sees to it that there is one.
    await eventually('the chat', async () => (await create()).status === 201, 20_000);
    const list = (await (await server.send('GET', '/api/chats')).json()) as { data: { title: string | null }[] };
    expect(list.data.filter(({ title }) => title === 'Once')).toHaveLength(1);
  });

  test('Postgres is away for a moment in mid-stream: the answer is stored all the same', async () => {
    let outage: Promise<void> | undefined;
    const away = async () => {
      await postgres.goAway();
      await sleep(1_000);
      await postgres.comeBack();
    };
    const run = await follow(
      server.client.interactStream({ message: 'x', model: 'openai/sim-tokens-40-pace-30' }),
      ({ type }) => {
        if (type === 'text.delta') outage ??= away();
      },
    );
    await outage;

    expect(run.status).toBe('completed');
    expect(run.text).toBe((await server.client.runs.get(run.runId)).response);
    expect(run.text.split(' ')).toHaveLength(40);
  });

  test('Postgres is restarted under load: what was accepted ends well', async () => {
    const before = server.services.pids.postgres;
    const accepted: string[] = [];
    const refusals: unknown[] = [];
    const send = async () => {
      try {
        accepted.push((await server.client.interactBackground({ message: 'x', model: 'openai/sim-delay-200' })).run_id);
      } catch (error) {
        refusals.push(error);
      }
    };
    for (let index = 0; index < 20; index += 1) {
      if (index === 8) process.kill(before ?? Number.NaN, 'SIGINT');
      await send();
      await sleep(50);
    }
    await eventually('Postgres again', () => server.services.pids.postgres !== before && server.services.pids.postgres);
    await eventually('an answer', () => ask().catch(() => undefined), 20_000);

    for (const refusal of refusals) expect(refusal).toMatchObject({ status: 503, code: 'database_unavailable' });
    expect(accepted.length).toBeGreaterThan(7);
    for (const runId of accepted) expect((await follow(server.client.runs.events(runId))).status).toBe('completed');
  });

  test('no process died of it', () => {
    // Why it ended, before that it did.
    const troubles = /exception was not caught|nobody handled|could not start|ended \(/;
    expect(server.process.output.filter((line) => troubles.test(line))).toEqual([]);
    expect(server.process.pids()).toEqual(pids);
  });
});
