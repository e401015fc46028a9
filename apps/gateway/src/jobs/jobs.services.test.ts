import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AcceptedRun, newId } from '@troupe/contracts';
import { memoryQueue, ring, summariesQueue, toolsQueue } from '@troupe/queues';
import { answer } from '@troupe/testing';
import { Queue } from 'bullmq';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';
import type { JobDto } from './jobs.dto.js';

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
}, 60_000);

afterAll(() => gateway?.stop());

async function job(id: string, key = gateway.key): Promise<[number, JobDto]> {
  const response = await gateway.call('GET', `/api/jobs/${id}`, { key });
  return [response.status, (await response.json()) as JobDto];
}

/** A run that nobody works on, with its job in the queue. */
async function queuedRun(): Promise<AcceptedRun> {
  gateway.worker.pause();
  const body = { message: 'Hi', background: true };
  const run = (await (await gateway.call('POST', '/api/llm/interact', { body })).json()) as AcceptedRun;
  const until = Date.now() + 5_000;
  while ((await job(`${run.run_id}-0-1`))[0] !== 200 && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return run;
}

async function work(run: AcceptedRun): Promise<void> {
  gateway.model.enqueue(answer('Hello'));
  gateway.worker.resume();
  await (await gateway.call('GET', `/api/runs/${run.run_id}/events`)).text();
}

function onError(error: unknown): never {
  throw error;
}

test('the job of a turn is in its queue', async () => {
  const run = await queuedRun();
  const [status, turn] = await job(`${run.run_id}-0-1`);
  expect([status, turn]).toEqual([
    200,
    {
      id: `${run.run_id}-0-1`,
      queue: 'llm',
      name: 'advance-run',
      status: 'pending',
      created_at: expect.stringMatching(/Z$/),
      finished_at: null,
    },
  ]);
  await work(run);
});

test('a run id tells how far the run is', async () => {
  const run = await queuedRun();
  expect((await job(run.run_id))[1]).toMatchObject({
    id: run.run_id,
    queue: 'llm',
    status: 'pending',
    finished_at: null,
  });
  await work(run);
  const [, ended] = await job(run.run_id);
  expect(ended).toMatchObject({ status: 'completed', finished_at: expect.stringMatching(/Z$/) });
  expect(ended).not.toHaveProperty('error');
});

test('a run that failed or was cancelled says so', async () => {
  const run = await queuedRun();
  await gateway.call('POST', `/api/runs/${run.run_id}/cancel`);
  expect((await job(run.run_id))[1]).toMatchObject({ status: 'failed', error: 'The run is cancelled.' });
});

test('jobs of tool calls and follow-up tasks are found in their queues', async () => {
  const run = await queuedRun();
  const rows = { 'execute-tool': newId(), 'extract-facts': newId(), 'title-thread': newId() };
  await gateway.database.dataSource.query(
    `INSERT INTO tool_calls (id, tenant_id, run_id, thread_id, message_id, step, index, call_id, name, arguments,
        effect, state, lease_until)
      SELECT $1, tenant_id, id, thread_id, input_message_id, 0, 0, 'call', 'calculate', '{}', 'read', 'prepared', now()
      FROM runs WHERE id = $2`,
    [rows['execute-tool'], run.run_id],
  );
  for (const kind of ['extract-facts', 'title-thread'] as const) {
    await gateway.database.dataSource.query(
      `INSERT INTO follow_up_tasks (id, tenant_id, run_id, thread_id, kind, model)
        SELECT $1, tenant_id, id, thread_id, $3, model FROM runs WHERE id = $2`,
      [rows[kind], run.run_id, kind],
    );
  }
  const queues = [toolsQueue, memoryQueue, summariesQueue].map(
    ({ name }) => new Queue(name, { connection: gateway.commands }),
  );
  const [tools, memory, summaries] = queues as [Queue, Queue, Queue];
  const call = { run_id: run.run_id, tool_call_id: rows['execute-tool'], dispatch: 1 };
  await ring(tools, toolsQueue, 'execute-tool', call, { onError });
  await ring(memory, memoryQueue, 'extract-facts', { task_ids: [rows['extract-facts']] }, { onError });
  await ring(
    summaries,
    summariesQueue,
    'title-thread',
    { task_ids: [rows['title-thread']] },
    { onError, delayMs: 60_000 },
  );

  for (const [name, id] of Object.entries(rows)) {
    const queue = { 'execute-tool': 'tools', 'extract-facts': 'memory', 'title-thread': 'summaries' }[name];
    expect(await job(`${id}-1`)).toEqual([
      200,
      expect.objectContaining({ id: `${id}-1`, name, queue, status: 'pending' }),
    ]);
    expect((await job(`${id}-2`))[0]).toBe(404);
    expect((await job(`${id}-1`, gateway.otherTenantKey))[0]).toBe(404);
  }
  await Promise.all(queues.map((queue) => queue.close()));
  await work(run);
});

test("unknown ids, and another tenant's, are unknown", async () => {
  const run = await queuedRun();
  for (const id of [run.run_id, `${run.run_id}-0-1`]) {
    expect(await job(id, gateway.otherTenantKey)).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
  }
  for (const id of [newId(), `${newId()}-0-1`, `${newId()}-1`, `${run.run_id}-0-9`, 'nonsense', '%00']) {
    expect(await job(id)).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
  }
  await work(run);
});
