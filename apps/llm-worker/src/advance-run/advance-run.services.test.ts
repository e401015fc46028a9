import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EventId, newId, type RunEvent, type RunResult, TroupeError } from '@troupe/contracts';
import { acceptRun, cancelRun, Database, ensureTenant, PostgresEventArchive, readRun } from '@troupe/database';
import { startModelCalls } from '@troupe/model-calls';
import { createLogger, Metrics } from '@troupe/observability';
import { connectForCommands, connectForSubscribing, connectForWorkers, llmQueue, ring } from '@troupe/queues';
import type { ModelCatalog, Tool } from '@troupe/spec';
import {
  answer,
  callTools,
  createTestDatabase,
  ScriptedModel,
  type ScriptedTurn,
  type TestDatabase,
  testRedisUrl,
} from '@troupe/testing';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { startLlmWorker } from '../start-llm-worker.js';

const logger = createLogger({ name: 'test', level: 'silent' });
const calculate: Tool = {
  name: 'calculate',
  description: 'Calculates.',
  parameters: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => 4,
};

let server: TestDatabase;
let database: Database;
let commands: Redis;
let events: Redis;
let blocking: Redis;
let subscriber: Redis;
let queue: Queue;
let tenantId: string;
const stops: (() => Promise<void>)[] = [];
const metrics = new Metrics();
/** Runs name their model, and each test has its own. */
const models = new Map<string, ScriptedModel>();
const catalog: ModelCatalog = {
  defaultModel: 'scripted/none',
  resolve: (id) => {
    const model = models.get(id);
    if (model) return model;
    throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `There is no model ${id}.` });
  },
  list: async () => [],
};

beforeAll(async () => {
  server = await createTestDatabase();
  database = await Database.connect({
    url: server.url,
    poolSize: 5,
    applicationName: 'test',
    onConnectionError: () => undefined,
  });
  await database.migrate();
  tenantId = await ensureTenant(database, newId());
  const agentId = newId();
  const sql = database.dataSource;
  await sql.query('INSERT INTO agents (id, tenant_id, slug, version) VALUES ($1, $2, $3, 1)', [agentId, tenantId, 'a']);
  await sql.query(
    `INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit) VALUES ($1, 1, $2, $3, 50)`,
    [
      agentId,
      tenantId,
      JSON.stringify({
        name: 'A',
        definition: { role: 'You help.' },
        tools: ['calculate'],
        memory: { type: 'last_n', n: 20 },
        max_turns: 5,
      }),
    ],
  );
  commands = connectForCommands(testRedisUrl(), logger);
  events = connectForCommands(testRedisUrl(), logger);
  blocking = connectForWorkers(testRedisUrl(), logger);
  subscriber = connectForSubscribing(testRedisUrl(), logger);
  await blocking.ping();
  queue = new Queue(llmQueue.name, { connection: blocking });
  const calls = await startModelCalls({
    database,
    redis: commands,
    models: catalog,
    limits: [],
    meter: metrics,
    logger,
  });
  stops.push(async () => calls.stop());
  const worker = await startLlmWorker({
    database,
    commands,
    events,
    blocking,
    subscriber,
    calls,
    batches: {
      resolveBatches: () => {
        throw new Error('No test asks for a batch.');
      },
    },
    tools: new Map([['calculate', calculate]]),
    concurrency: 50,
    leaseSeconds: 1.5,
    turnSeconds: 5,
    eventHours: 24,
    logger,
    metrics,
  });
  stops.push(() => worker.stop());
});

afterAll(async () => {
  for (const stop of stops) await stop();
  await queue.close();
  for (const connection of [commands, events, blocking, subscriber]) connection.disconnect();
  await database.close();
  await server.drop();
});

/** Accepts a run whose model follows the script, and rings unless told not to. */
async function startRun(
  script: ScriptedTurn[],
  options: { ring?: boolean; userId?: string; deadlineSeconds?: number; threadId?: string } = {},
) {
  const model = new ScriptedModel(script, { id: `scripted/${newId()}` });
  models.set(model.id, model);
  const { runId, threadId } = await acceptRun(database, {
    runId: newId(),
    tenantId,
    userId: options.userId ?? null,
    thread: options.threadId ? { type: 'id', id: options.threadId } : { type: 'new' },
    agent: 'a',
    defaultAgent: 'a',
    model: model.id,
    defaultModel: 'scripted/none',
    content: [{ type: 'text', text: 'Hello' }],
    deadlineSeconds: options.deadlineSeconds ?? 60,
    idempotency: null,
  });
  if (options.ring ?? true) {
    const onError = (error: unknown) => {
      throw error;
    };
    await ring(queue, llmQueue, 'advance-run', { run_id: runId, step: 0, dispatch: 1 }, { onError });
  }
  return { runId, threadId, model };
}

async function until<T>(read: () => Promise<T>, good: (value: T) => boolean, withinMs = 9_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (good(value)) return value;
    if (Date.now() > end) throw new Error(`not reached: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function ended(runId: string): Promise<RunResult> {
  return until(
    () => readRun(database, tenantId, runId),
    ({ run }) => run.finished_at !== null,
  );
}

async function eventsOf(runId: string, after: EventId = { attempt: 0, n: 0 }): Promise<RunEvent[]> {
  const [page] = await new PostgresEventArchive(database).read([{ runId, after }]);
  return page?.events ?? [];
}

describe('advancing a run', () => {
  test('answers, and leaves the whole story in the log', async () => {
    const { runId, threadId } = await startRun([answer('Hello Phil, how are you?')]);
    const { run, response } = await ended(runId);
    expect(response).toBe('Hello Phil, how are you?');
    expect(run).toMatchObject({ status: 'completed', stop_reason: 'end_turn', attempt: 1, step: 1 });
    expect(run.usage).toMatchObject({ input_tokens: 10, output_tokens: 5, total_tokens: 15, cost: null });
    const events = await eventsOf(runId);
    expect([...new Set(events.map((event) => event.type))]).toEqual([
      'run.queued',
      'run.started',
      'step.started',
      'text.delta',
      'usage.recorded',
      'message.completed',
      'run.completed',
    ]);
    const deltas = events.flatMap((event) => (event.type === 'text.delta' ? [event.data.delta] : []));
    expect(deltas.join('')).toBe('Hello Phil, how are you?');
    expect(events.at(-1)?.data).toMatchObject({ run_id: runId, thread_id: threadId });
  });

  test('is counted, with what it waited for, what its calls took and how it ended', async () => {
    const { runId, model } = await startRun([answer('Hello.')]);
    await ended(runId);
    const labels = `provider="scripted",model="${model.id.slice('scripted/'.length)}"`;
    const counted = await until(
      () => metrics.render(),
      (text) => text.includes(`troupe_model_calls_total{${labels},purpose="turn",outcome="completed"} 1`),
    );
    expect(counted).toContain(`troupe_tokens_total{${labels},kind="output"} 5`);
    expect(counted).toMatch(/troupe_runs_completed_total\{status="completed"\} \d/);
    expect(counted).toMatch(/troupe_run_duration_seconds_count \d/);
    const waiting = await startRun([callTools([{ name: 'calculate', arguments: { expression: '2+2' } }])]);
    await until(
      () => metrics.render(),
      (text) => /troupe_runs_parked_total\{waits_for="tool"\} \d/.test(text),
    );
    await cancelRun(database, tenantId, waiting.runId);
  });

  test('the next message continues the conversation', async () => {
    const first = await startRun([answer('Hi!')]);
    await ended(first.runId);
    const second = await startRun([answer('You said hello.')], { threadId: first.threadId });
    await ended(second.runId);
    expect(second.model.requests[0]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test('takes a run whose ring was lost', async () => {
    const { runId } = await startRun([answer('Found.')], { ring: false });
    expect((await ended(runId)).response).toBe('Found.');
  });

  test('parks for tools, and answers calls that cannot run at once', async () => {
    const { runId } = await startRun([
      callTools([
        { name: 'calculate', arguments: { expression: '2+2' } },
        { name: 'calculator', arguments: {} },
      ]),
    ]);
    const { run } = await until(
      () => readRun(database, tenantId, runId),
      (result) => result.run.status === 'waiting',
    );
    expect(run).toMatchObject({ wait_kind: 'tool', step: 1 });
    const types = (await eventsOf(runId)).map((event) => event.type);
    expect(types.slice(-4)).toEqual([
      'tool_call.requested',
      'tool_call.requested',
      'tool_call.completed',
      'run.waiting',
    ]);
    await cancelRun(database, tenantId, runId);
  });

  test('goes on at once when every call was rejected', async () => {
    const { runId, model } = await startRun([
      callTools([{ name: 'calculate', arguments: {} }]),
      answer('I will not calculate.'),
    ]);
    expect((await ended(runId)).response).toBe('I will not calculate.');
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: 'tool', content: [{ status: 'failed' }] });
  });

  test('tries again what may pass, and withdraws what was said', async () => {
    const error = new TroupeError({
      code: 'provider_overloaded',
      fault: 'upstream',
      message: 'The provider is overloaded.',
      retryable: true,
    });
    const { runId } = await startRun([
      { type: 'error', error, after: [{ type: 'text.delta', delta: 'Half' }] },
      answer('Whole'),
    ]);
    const { run, response } = await ended(runId);
    expect(response).toBe('Whole');
    expect(run.attempt).toBe(2);
    const events = await eventsOf(runId);
    expect(events.map((event) => event.type)).toContain('run.waiting');
    expect(events.find((event) => event.type === 'step.restarted')?.data).toEqual({ step: 0, withdraw_after: '0-1' });
  });

  test('fails at once where trying again cannot help, and says why', async () => {
    const error = new TroupeError({
      code: 'provider_authentication_failed',
      fault: 'upstream',
      message: 'The key was refused. Check OPENAI_API_KEY.',
    });
    const { runId } = await startRun([{ type: 'error', error }]);
    const { run } = await ended(runId);
    expect(run).toMatchObject({
      status: 'failed',
      stop_reason: 'provider_error',
      error: { code: 'provider_authentication_failed', message: 'The key was refused. Check OPENAI_API_KEY.' },
    });
  });

  test('a model that is not there fails the run', async () => {
    const { runId, model } = await startRun([]);
    models.delete(model.id);
    expect((await ended(runId)).run.error?.code).toBe('model_not_found');
  });

  test('a cancel reaches a turn that hangs, within a heartbeat', async () => {
    const { runId } = await startRun([{ type: 'hang', after: [{ type: 'text.delta', delta: 'Let me th' }] }]);
    await until(
      () => readRun(database, tenantId, runId),
      ({ run }) => run.status === 'running',
    );
    await cancelRun(database, tenantId, runId);
    const { run } = await ended(runId);
    // In its first attempt: before the turn took too long and was tried again.
    expect(run).toMatchObject({ status: 'cancelled', stop_reason: 'cancelled', attempt: 1 });
    expect((await eventsOf(runId)).at(-1)?.type).toBe('run.cancelled');
  });

  test('a deadline ends a turn that hangs', async () => {
    const { runId } = await startRun([{ type: 'hang' }], { deadlineSeconds: 0.5 });
    expect((await ended(runId)).run).toMatchObject({ status: 'expired', stop_reason: 'deadline' });
  });

  test('leaves follow-up tasks: a title always, facts when there is a user', async () => {
    const { runId } = await startRun([answer('Hi')], { userId: 'phil' });
    await ended(runId);
    const tasks = await database.dataSource.query('SELECT kind FROM follow_up_tasks WHERE run_id = $1 ORDER BY kind', [
      runId,
    ]);
    expect(tasks).toEqual([{ kind: 'extract-facts' }, { kind: 'title-thread' }]);
  });
});
