import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { TroupeClient } from '@troupe/client';
import { formatEventId } from '@troupe/contracts';
import pg from 'pg';
import { eventually } from './eventually.js';
import { eventsOf, type FollowedRun, follow } from './follow.js';
import { freePort } from './free-port.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(90_000);

/** Settings of the server under test: a run that its worker left alone is taken over after so long. */
const LEASE_SECONDS = 3;
/** A lease, the longest pause of a poll, and a margin for a busy machine. Milliseconds. */
const TAKEN_OVER_WITHIN_MS = LEASE_SECONDS * 1_000 + 3_000 + 6_000;
/** What is promised for any worker that is killed. Milliseconds. */
const MOVES_AGAIN_WITHIN_MS = 20_000;
/** 30 tokens, one every 50 ms: 1.5 s. */
const SLOW = 'openai/sim-tokens-30-pace-50';

describe('processes that die, freeze and are told to end', () => {
  let server: TestServer;
  let sql: pg.Client;
  let expected: string;
  let interruptedTool: Promise<FollowedRun>;
  let toolWorkerKilledAt = 0;
  let toolCompletedAt = 0;

  beforeAll(async () => {
    server = await startTestServer({
      args: ['--split', '--llm-workers', '2', '--tool-workers', '1'],
      env: { RUN_LEASE_SECONDS: String(LEASE_SECONDS), PORT: String(await freePort()) },
    });
    sql = new pg.Client({ connectionString: server.services.databaseUrl });
    await sql.connect();
    expected = (await server.client.interact({ message: 'x', model: 'openai/sim-tokens-30' })).response ?? '';
  });

  afterAll(async () => {
    await sql.end();
    await server.stop();
  });

  const pid = (name: string) => server.process.pids()[name] ?? Number.NaN;
  const streamsAbout = (text: string) =>
    server.simulator.requests.filter(({ request }) => request?.stream && request.lastUserText === text);
  const isBack = (name: string, before: number) =>
    eventually(`${name} runs again`, () => server.process.pids()[name] !== before && server.process.pids()[name]);

  /** What every call to the provider came to, by attempt. */
  const ledgerOf = async (runId: string): Promise<string[]> => {
    const text = `SELECT attempt, outcome FROM usage_ledger WHERE run_id = $1 AND purpose = 'turn' ORDER BY attempt`;
    const { rows } = await sql.query<{ attempt: number; outcome: string }>(text, [runId]);
    return rows.map(({ attempt, outcome }) => `${attempt} ${outcome}`);
  };

  /** Starts a run that only `llm-worker-1` can take, and does something once its text streams. */
  async function streamAtFirstWorker(message: string, act: () => void, onRestarted?: () => void): Promise<FollowedRun> {
    process.kill(pid('llm-worker-2'), 'SIGSTOP');
    let acted = false;
    return follow(server.client.interactStream({ message, model: SLOW }), ({ type }) => {
      if (type === 'step.restarted') onRestarted?.();
      if (type !== 'text.delta' || acted) return;
      acted = true;
      process.kill(pid('llm-worker-2'), 'SIGCONT');
      act();
    });
  }

  test('a tool-worker dies while a tool runs (its end is read by a later test)', async () => {
    const before = pid('tool-worker-1');
    await sql.query('BEGIN');
    await sql.query('LOCK TABLE todo_tasks IN ACCESS EXCLUSIVE MODE');
    let waiting = false;
    interruptedTool = follow(
      server.client.interactStream({
        message: 'Add a task to water the plants.',
        user_id: 'ada',
        persona_id: 'todo-assistant',
      }),
      ({ type }) => {
        waiting ||= type === 'run.waiting';
        if (type === 'tool_call.completed') toolCompletedAt = performance.now();
      },
    );
    await eventually('a call under way', async () => {
      const { rows } = await sql.query("SELECT FROM tool_calls WHERE state = 'dispatched'");
      return rows;
    });
    process.kill(before, 'SIGKILL');
    toolWorkerKilledAt = performance.now();
    await isBack('tool-worker-1', before);
    await sql.query('ROLLBACK');

    expect(waiting).toBe(true);
  });

  test('an llm-worker dies in mid-stream: the same reader sees the text withdrawn and then the right one', async () => {
    const before = pid('llm-worker-1');
    let killedAt = 0;
    let takenOverAt = 0;
    const run = await streamAtFirstWorker(
      'die',
      () => {
        killedAt = performance.now();
        process.kill(before, 'SIGKILL');
      },
      () => {
        takenOverAt = performance.now();
      },
    );

    expect(run.types.filter((type) => type !== 'text.delta')).toEqual([
      'run.queued',
      'run.started',
      'step.started',
      'step.restarted',
      'run.started',
      'step.started',
      'usage.recorded',
      'message.completed',
      'run.completed',
    ]);
    expect(eventsOf(run.events, 'step.restarted')).toEqual([{ step: 0, withdraw_after: '0-1' }]);
    expect(run.text).toBe(expected);
    expect(takenOverAt - killedAt).toBeLessThan(TAKEN_OVER_WITHIN_MS);
    const { run: stored, response } = await server.client.runs.get(run.runId);
    expect(stored).toMatchObject({ status: 'completed', attempt: 2 });
    expect(response).toBe(expected);
    expect(streamsAbout('die').map(({ outcome }) => outcome)).toEqual(['aborted', 'completed']);
    expect(await ledgerOf(run.runId)).toEqual(['1 abandoned', '2 completed']);
    const { data: messages } = await server.client.threads.messages(run.threadId);
    expect(messages).toHaveLength(2);
    await isBack('llm-worker-1', before);
  });

  test('every llm-worker dies at once: all runs end, each with the right text', async () => {
    const before = { first: pid('llm-worker-1'), second: pid('llm-worker-2') };
    const runs = Array.from({ length: 5 }, (_, index) =>
      follow(server.client.interactStream({ message: `all ${index}`, model: SLOW })),
    );
    await eventually('all of them stream', () => {
      const open = server.simulator.requests.filter(
        ({ outcome, tokensEmitted }) => outcome === 'open' && tokensEmitted > 4,
      );
      return open.length === 5;
    });
    for (const one of Object.values(before)) process.kill(one, 'SIGKILL');

    for (const run of await Promise.all(runs)) {
      expect(run).toMatchObject({ status: 'completed', text: expected });
      expect(eventsOf(run.events, 'step.restarted')).toHaveLength(1);
    }
    await isBack('llm-worker-1', before.first);
    await isBack('llm-worker-2', before.second);
  });

  test('a worker that froze and wakes up after its run was taken over changes nothing', async () => {
    const first = pid('llm-worker-1');
    const run = await streamAtFirstWorker('freeze', () => process.kill(first, 'SIGSTOP'));

    expect(run).toMatchObject({ status: 'completed', text: expected });
    process.kill(first, 'SIGCONT');
    await sleep(1_500);
    const { data: messages } = await server.client.threads.messages(run.threadId);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect((await server.client.runs.get(run.runId)).response).toBe(expected);
    expect(await follow(server.client.runs.events(run.runId))).toMatchObject({ text: expected, status: 'completed' });
    expect(pid('llm-worker-1')).toBe(first);
  });

  test('a worker that is told to end finishes its turn', async () => {
    const before = pid('llm-worker-1');
    const run = await streamAtFirstWorker('finish', () => process.kill(before, 'SIGTERM'));

    expect(run).toMatchObject({ status: 'completed', text: expected });
    expect(run.types).not.toContain('step.restarted');
    await isBack('llm-worker-1', before);
  });

  test('a gateway dies in mid-stream: the client comes back to it and misses nothing', async () => {
    const before = pid('gateway-1');
    let killed = false;
    const client = new TroupeClient({ baseUrl: server.url, apiKey: server.key });
    const run = await follow(client.interactStream({ message: 'gateway', model: SLOW }), ({ type }) => {
      if (type !== 'text.delta' || killed) return;
      killed = true;
      process.kill(before, 'SIGKILL');
    });

    expect(run).toMatchObject({ status: 'completed', text: expected });
    expect(run.types).not.toContain('step.restarted');
    expect(run.events.map(({ id }) => formatEventId(id))).toEqual(
      (await follow(server.client.runs.events(run.runId))).events.map(({ id }) => formatEventId(id)),
    );
    expect(pid('gateway-1')).not.toBe(before);
  });

  test('a cancel reaches the provider, and the run ends as cancelled', async () => {
    let cancelled: Promise<unknown> | undefined;
    const { client } = server;
    const events = client.interactStream({ message: 'cancel', model: 'openai/sim-tokens-600-pace-50' });
    let runId = '';
    const run = await follow(events, (event) => {
      if (event.type === 'run.queued') runId = event.data.run_id;
      if (event.type === 'text.delta') cancelled ??= client.runs.cancel(runId);
    });
    await cancelled;

    expect(run.status).toBe('cancelled');
    expect(run.types.at(-1)).toBe('run.cancelled');
    const call = await eventually('the abort', () => streamsAbout('cancel').find(({ outcome }) => outcome !== 'open'));
    expect(call).toMatchObject({ outcome: 'aborted', abortedByClient: true });
    expect((await client.runs.get(runId)).run).toMatchObject({ status: 'cancelled', stop_reason: 'cancelled' });
    const next = await client.interact({ message: 'And now?', thread_id: run.threadId });
    expect(next.status).toBe('completed');
  });

  test('the call of the dead tool-worker is made again, and the task is there once', async () => {
    const run = await interruptedTool;

    expect(run.status).toBe('completed');
    expect(toolCompletedAt - toolWorkerKilledAt).toBeLessThan(MOVES_AGAIN_WITHIN_MS);
    expect(eventsOf(run.events, 'tool_call.completed')).toMatchObject([{ name: 'add_todo_task', status: 'completed' }]);
    const { rows } = await sql.query('SELECT title FROM todo_tasks');
    expect(rows).toEqual([{ title: 'water the plants' }]);
  });

  test('a server that is stopped in mid-stream goes on with the run when it is started again', async () => {
    server.simulator.setRules([
      { when: { stream: true, lastUserTextIncludes: 'outlive' }, reply: { tokens: 30, hang: 5 }, times: 1 },
      { when: { stream: true, lastUserTextIncludes: 'outlive' }, reply: { tokens: 30 } },
    ]);
    const { run_id } = await server.client.interactBackground({ message: 'outlive' });
    await eventually('it streams', () => streamsAbout('outlive').some(({ tokensEmitted }) => tokensEmitted === 5));
    await server.restart();

    const run = await follow(server.client.runs.events(run_id));
    expect(run).toMatchObject({ status: 'completed', text: expected });
    expect((await server.client.runs.get(run_id)).run.attempt).toBe(2);
    expect(await ledgerOf(run_id)).toEqual(['1 aborted', '2 completed']);
    const { rows } = await sql.query('SELECT crash_count, retry_count FROM runs WHERE id = $1', [run_id]);
    expect(rows).toEqual([{ crash_count: 0, retry_count: 0 }]);
  });
});
