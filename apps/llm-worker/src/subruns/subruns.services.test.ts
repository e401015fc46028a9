import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  cancelRun,
  claimRun,
  commitStep,
  completeSubrun,
  deleteThread,
  dispatchToolCall,
  listThreads,
  readEndedSubrun,
  startSubrun,
} from '@troupe/database';
import { answer, callTools, type ScriptedTurn } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';
import { Company } from '../other-agents/other-agents.test-company.js';
import { callsOf, startSubruns } from './subruns.test-hands.js';

let stage: Stage;
let company: Company;

beforeEach(async () => {
  stage = await Stage.open();
  company = new Company(stage);
});

afterEach(() => stage.close());

const calls = (runId: string) => callsOf(stage, runId);
const begin = (runId: string) => startSubruns(stage, runId);

const ask = (...inputs: string[]): ScriptedTurn =>
  callTools(inputs.map((input) => ({ name: 'ask_expert', arguments: { input } })));

async function waits(runId: string): Promise<void> {
  await stage.until(runId, ({ status }) => status === 'waiting');
}

async function hireBoss(script: ScriptedTurn[], configuration = {}): Promise<void> {
  await company.hire('boss', script, { agents: [{ agent: 'expert' }], ...configuration });
}

describe('a run under a call of an agent', () => {
  test('answers the call, on a hidden thread of its own, with what the run above may spend', async () => {
    await hireBoss([ask('2 + 2?'), answer('It is 4.')]);
    await company.hire('expert', [answer('4')], { description: 'Knows sums.' });
    const { runId } = await company.ask('boss', 'Help me with 2 + 2.');
    await stage.startWorker({ models: company.models });
    await waits(runId);
    const [subrunId = ''] = await begin(runId);
    const run = await stage.ended(runId);
    expect(run).toMatchObject({ status: 'completed', usage: { input_tokens: 30, output_tokens: 15 } });
    expect(await calls(runId)).toMatchObject([
      { name: 'ask_expert', state: 'completed', result: '4', subrun_id: subrunId },
    ]);

    const [boss] = company.model('boss').requests;
    expect(boss?.tools).toMatchObject([{ name: 'ask_expert', description: 'Knows sums.' }]);
    const [expert] = company.model('expert').requests;
    expect(expert?.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: '2 + 2?' }] }]);

    const subrun = await stage.read(subrunId);
    expect(subrun).toMatchObject({
      status: 'completed',
      agent: 'expert',
      user_id: 'ann',
      parent_run_id: runId,
      depth: 1,
      deadline_at: run.deadline_at,
      usage: { total_tokens: 15 },
    });
    expect(await stage.sql('SELECT options, depth FROM runs WHERE id = $1', [subrunId])).toEqual([
      { options: { api_key_id: 'key' }, depth: 1 },
    ]);
    const threads = await listThreads(
      stage.database,
      { tenantId: stage.tenantId, userId: null },
      { archived: false, before: null, limit: 9 },
    );
    expect(threads.map(({ id }) => id)).toEqual([run.thread_id]);
    expect((await stage.events(runId)).map(({ type }) => type).slice(5)).toEqual([
      'tool_call.requested',
      'run.waiting',
      'subrun.started',
      'subrun.completed',
      'tool_call.completed',
      'step.started',
      'text.delta',
      'text.delta',
      'text.delta',
      'usage.recorded',
      'message.completed',
      'run.completed',
    ]);
    const [started, completed] = (await stage.events(runId)).filter(({ type }) => type.startsWith('subrun.'));
    expect(started?.data).toMatchObject({ run_id: subrunId, thread_id: subrun.thread_id, agent: 'expert' });
    expect(completed?.data).toMatchObject({ run_id: subrunId, status: 'completed', usage: { total_tokens: 15 } });
    expect(await stage.sql('SELECT kind FROM follow_up_tasks WHERE run_id = $1', [subrunId])).toEqual([]);
  });

  test('may take what the run above has left of its limits', async () => {
    await hireBoss([ask('a'), answer('done')], { limits: { max_total_tokens: 1_000, max_cost_usd: 5 } });
    await company.hire('expert', []);
    const { runId } = await company.ask('boss', 'Go');
    const worker = await stage.startWorker({ models: company.models });
    const run = await stage.until(runId, ({ status }) => status === 'waiting' || status === 'failed');
    await worker.stop();
    expect(run).toMatchObject({ status: 'failed', error: { code: 'budget_exceeded' } });
    await stage.sql(
      `UPDATE agent_versions SET configuration = configuration #- '{limits,max_cost_usd}' WHERE configuration ? 'limits'`,
      [],
    );
    const again = await company.ask('boss', 'Go');
    await stage.startWorker({ models: company.models });
    await waits(again.runId);
    const [subrunId = ''] = await begin(again.runId);
    const [row] = await stage.sql<{ limits: object }>(`SELECT options -> 'limits' AS limits FROM runs WHERE id = $1`, [
      subrunId,
    ]);
    expect(row?.limits).toEqual({ max_total_tokens: 985 });
  });

  test('guardrails of the run above read its answer before anybody else does', async () => {
    await hireBoss([ask('a'), answer('done')], {
      guardrails: [{ name: 'private', on: ['tool_output'], check: { type: 'pii', kinds: ['email'] } }],
    });
    await company.hire('expert', [answer('Write to ann@example.com.')]);
    const { runId } = await company.ask('boss', 'Go');
    await stage.startWorker({ models: company.models });
    await waits(runId);
    await begin(runId);
    await stage.ended(runId);
    const [call] = await calls(runId);
    expect(call?.result).toMatch(/^Write to \[.+\]\.$/);
    expect(JSON.stringify(company.model('boss').requests[1])).not.toContain('ann@example.com');
    expect((await stage.events(runId)).map(({ type }) => type)).toContain('guardrail.tripped');
  });

  test('several work at once, and the run above goes on when all have answered', async () => {
    await hireBoss([ask('a', 'b', 'c'), answer('done')]);
    await company.hire('expert', [answer('1'), answer('2'), answer('3')]);
    const { runId } = await company.ask('boss', 'Go');
    await stage.startWorker({ models: company.models });
    await waits(runId);
    expect(await begin(runId)).toHaveLength(3);
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed', usage: { total_tokens: 75 } });
    expect((await calls(runId)).map(({ result }) => result).sort()).toEqual(['1', '2', '3']);
  });

  test('an end that nobody told of is found, and told once by however many find it', async () => {
    await hireBoss([ask('a'), answer('done')]);
    await company.hire('expert', []);
    const { runId } = await company.ask('boss', 'Go');
    const worker = await stage.startWorker({ models: company.models });
    await waits(runId);
    await worker.stop();
    const [subrunId = ''] = await begin(runId);
    const claimed = await claimRun(stage.database, subrunId, 'dies', 60);
    if (!claimed) throw new Error('not claimed');
    await commitStep(stage.database, {
      runId: subrunId,
      attempt: claimed.attempt,
      next: {
        status: 'failed',
        stopReason: 'provider_error',
        error: { code: 'provider_timeout', fault: 'upstream', message: 'Too slow.', retryable: true },
      },
      steps: [],
      messages: [],
      toolCalls: [],
      ledger: [],
      followUps: [],
      events: [],
      firstEvent: 1,
    });
    const ended = await readEndedSubrun(stage.database, subrunId);
    if (!ended) throw new Error('not ended');
    const outcome = { state: 'failed', result: 'Error: expert failed: Too slow.' } as const;
    const told = await Promise.all([1, 2, 3].map(() => completeSubrun(stage.database, ended, outcome)));
    expect(told.filter((completed) => completed !== undefined)).toHaveLength(1);
    await stage.startWorker({ models: company.models });
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed' });
    const told2 = (await stage.events(runId)).filter(({ type }) => type === 'subrun.completed');
    expect(told2).toHaveLength(1);
  });

  test('a worker that dies between the end and the telling is stood in for by the look of another', async () => {
    await hireBoss([ask('a'), answer('done')]);
    await company.hire('expert', []);
    const { runId } = await company.ask('boss', 'Go');
    await stage.startWorker({ models: company.models });
    await waits(runId);
    const [subrunId = ''] = await begin(runId);
    // Nobody who ends it this way tells the run above.
    await cancelRun(stage.database, stage.tenantId, subrunId);
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed' });
    expect(await calls(runId)).toMatchObject([
      { state: 'cancelled', result: 'Error: the run of expert was cancelled.' },
    ]);
  });

  test('its failure is a failed call, and the run above goes on', async () => {
    await hireBoss([ask('a'), answer('Sorry.')]);
    await company.hire('expert', []);
    const { runId } = await company.ask('boss', 'Go');
    await stage.startWorker({ models: company.models });
    await waits(runId);
    await begin(runId);
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed' });
    expect(await calls(runId)).toMatchObject([
      { state: 'failed', result: expect.stringContaining('Error: expert failed') },
    ]);
    expect(company.model('boss').requests[1]?.messages.at(-1)?.content).toMatchObject([{ status: 'failed' }]);
  });

  test('a call that is sent twice has one run', async () => {
    await hireBoss([ask('a')]);
    await company.hire('expert', []);
    const { runId } = await company.ask('boss', 'Go');
    const worker = await stage.startWorker({ models: company.models });
    await waits(runId);
    await worker.stop();
    const [call] = await calls(runId);
    const first = await dispatchToolCall(stage.database, call?.id ?? '', 30);
    if (!first?.delegate) throw new Error('not dispatched');
    const subrun = { toolCallId: first.id, delegate: first.delegate, content: [] };
    // The first worker dies before it starts the run; its lease ends.
    await stage.sql(`UPDATE tool_calls SET lease_until = now() - interval '1 second' WHERE id = $1`, [first.id]);
    const again = await dispatchToolCall(stage.database, first.id, 30);
    const starts = [first.dispatches, again?.dispatches ?? 0].map((dispatches) =>
      startSubrun(stage.database, { ...subrun, dispatches }),
    );
    expect((await Promise.all(starts)).map((started) => started !== undefined)).toEqual([false, true]);
    await stage.sql(`UPDATE tool_calls SET lease_until = now() - interval '1 second' WHERE id = $1`, [first.id]);
    expect(await dispatchToolCall(stage.database, first.id, 30)).toBeUndefined();
  });

  test('is cancelled within 5 s when the run above is, and so are those below it', async () => {
    await company.hire('boss', [ask('a')], { agents: [{ agent: 'expert' }] });
    await company.hire('expert', [callTools([{ name: 'ask_clerk', arguments: { input: 'x' } }])], {
      agents: [{ agent: 'clerk' }],
    });
    await company.hire('clerk', [{ type: 'hang' }]);
    const { runId } = await company.ask('boss', 'Go');
    await stage.startWorker({ models: company.models });
    await waits(runId);
    const [expert = ''] = await begin(runId);
    await waits(expert);
    const [clerk = ''] = await begin(expert);
    await stage.until(clerk, ({ status }) => status === 'running');
    await cancelRun(stage.database, stage.tenantId, runId);
    const since = Date.now();
    expect(await stage.until(clerk, (run) => run.finished_at !== null, 5_000)).toMatchObject({ status: 'cancelled' });
    expect(await stage.until(expert, (run) => run.finished_at !== null, 5_000 - (Date.now() - since))).toMatchObject({
      status: 'cancelled',
    });
    expect(await calls(runId)).toMatchObject([{ name: 'ask_expert' }]);
  });

  test('agents are not offered to a run with three above it, and a turn calls so many', async () => {
    await company.hire('boss', [ask(...Array.from({ length: 9 }, (_, index) => String(index)))], {
      agents: [{ agent: 'expert' }],
    });
    await company.hire('expert', []);
    const deep = await company.ask('boss', 'Go');
    const wide = await company.ask('boss', 'Go');
    await stage.sql('UPDATE runs SET depth = 3 WHERE id = $1', [deep.runId]);
    company.model('boss').enqueue(answer('Alone.'));
    await stage.sql(`UPDATE runs SET next_wake_at = now() + interval '1 hour' WHERE id = $1`, [deep.runId]);
    const worker = await stage.startWorker({ models: company.models });
    await waits(wide.runId);
    expect(await calls(wide.runId)).toHaveLength(8);
    await stage.sql(`UPDATE runs SET next_wake_at = now() - interval '1 minute' WHERE id = $1`, [deep.runId]);
    await stage.ended(deep.runId);
    expect(company.model('boss').requests.map(({ tools }) => tools?.length)).toEqual([1, undefined]);
    await worker.stop();
  });

  test('goes with the thread of the run above', async () => {
    await hireBoss([ask('a'), answer('done')]);
    await company.hire('expert', [answer('1')]);
    const { runId, threadId } = await company.ask('boss', 'Go');
    await stage.startWorker({ models: company.models });
    await waits(runId);
    const [subrunId = ''] = await begin(runId);
    await stage.ended(runId);
    await deleteThread(stage.database, stage.tenantId, threadId);
    expect(await stage.sql('SELECT id FROM runs WHERE id = $1', [subrunId])).toEqual([]);
    expect(await stage.sql('SELECT id FROM threads WHERE parent_run_id = $1', [runId])).toEqual([]);
    expect(await stage.sql('SELECT run_id FROM run_events WHERE run_id = $1', [subrunId])).toEqual([]);
  });
});
