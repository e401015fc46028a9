import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, type RunStatus, type StopReason } from '@troupe/contracts';
import { ensureTenant } from '../tenants/ensure-tenant.js';
import { cancelRun } from './cancel-run.js';
import { Conversations, codeOf } from './double-texting.test-harness.js';
import { listRuns, type RunFilter } from './list-runs.js';
import { pauseRun } from './pause-run.js';
import { readRun } from './read-run.js';
import { replayRun } from './replay-run.js';

let talk: Conversations;
beforeAll(async () => {
  talk = await Conversations.open();
});
afterAll(() => talk?.close());

const ERROR = { code: 'run_poisoned', fault: 'server', message: 'Given up.', retryable: false } as const;

function replay(runId: string, changes: { tenantId?: string; model?: string } = {}) {
  const { tenantId = talk.tenantId, model = null } = changes;
  const ids = { newRunId: newId(), newMessageId: newId() };
  return replayRun(talk.database, { tenantId, runId, ...ids, deadlineSeconds: 900, model });
}

async function failedRun(text: string, threadId?: string, stopReason: StopReason = 'poisoned') {
  const accepted = await talk.send(text, threadId);
  await talk.commit(await talk.claim(accepted.runId), { status: 'failed', stopReason, error: ERROR });
  return accepted;
}

describe('replaying a run', () => {
  test('makes a new one, whose message stands beside the old one', async () => {
    const first = await talk.send('Hello');
    await talk.answer(await talk.claim(first.runId), 'Hi');
    const old = await failedRun('What is new?', first.threadId);
    const { runId, threadId } = await replay(old.runId);
    expect(threadId).toBe(first.threadId);
    await talk.answer(await talk.claim(runId), 'Nothing.');

    expect(await talk.said(threadId)).toEqual(['Hello', 'Hi', 'What is new?', 'Nothing.']);
    expect(await talk.listed(threadId)).toEqual(['Hello', 'Hi', 'What is new?', 'What is new?', 'Nothing.']);
    const { run } = await readRun(talk.database, talk.tenantId, old.runId);
    expect(run).toMatchObject({ status: 'failed', stop_reason: 'poisoned', error: ERROR });
  });

  test('takes the old model unless another is named', async () => {
    const { runId } = await failedRun('Hello');
    const again = await replay(runId, { model: 'openai/gpt-4o' });
    expect((await readRun(talk.database, talk.tenantId, again.runId)).run.model).toBe('openai/gpt-4o');
    await cancelRun(talk.database, talk.tenantId, again.runId);
    const third = await replay(again.runId);
    expect((await readRun(talk.database, talk.tenantId, third.runId)).run.model).toBe('openai/gpt-4o');
  });

  test('of many at once, one has the thread', async () => {
    const { runId } = await failedRun('Hello');
    const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(replay(runId))));
    expect(codes.sort()).toEqual(['none', ...Array.from({ length: 5 }, () => 'thread_busy')]);
  });

  test('refuses runs that completed or go on, and those of others', async () => {
    const { runId } = await talk.send('Hello');
    expect(await codeOf(replay(runId))).toBe('run_not_replayable');
    await talk.answer(await talk.claim(runId), 'Hi');
    expect(await codeOf(replay(runId))).toBe('run_not_replayable');
    const failed = await failedRun('Hello');
    const stranger = await ensureTenant(talk.database, newId());
    expect(await codeOf(replay(failed.runId, { tenantId: stranger }))).toBe('run_not_found');
  });
});

describe('listing runs', () => {
  const list = async (changes: Partial<RunFilter> = {}, page = { before: null as string | null, limit: 100 }) =>
    listRuns(talk.database, { tenantId: talk.tenantId, status: null, stopReason: null, agent: null, ...changes }, page);

  test('every status lists the runs that show it', async () => {
    const queued = await talk.send('queued');
    const running = await talk.send('running');
    await talk.claim(running.runId);
    const paused = await talk.send('paused');
    await pauseRun(talk.database, talk.tenantId, paused.runId);
    const backoff = await talk.send('backoff');
    await talk.commit(await talk.claim(backoff.runId), { status: 'queued', wakeInMs: 60_000, because: 'retry' });
    const tool = await talk.send('tool');
    await talk.callTool(await talk.claim(tool.runId));
    const done = await talk.send('done');
    await talk.answer(await talk.claim(done.runId), 'Hi');
    const cancelled = await talk.send('cancelled');
    await cancelRun(talk.database, talk.tenantId, cancelled.runId);
    const failed = await failedRun('failed');

    const shown: Record<string, RunStatus> = {
      [queued.runId]: 'queued',
      [running.runId]: 'running',
      [paused.runId]: 'waiting',
      [backoff.runId]: 'waiting',
      [tool.runId]: 'waiting',
      [done.runId]: 'completed',
      [cancelled.runId]: 'cancelled',
      [failed.runId]: 'failed',
    };
    const all = await list();
    expect(all.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    for (const [id, status] of Object.entries(shown)) expect(all.find((run) => run.id === id)?.status).toBe(status);
    for (const status of ['queued', 'running', 'waiting', 'completed', 'cancelled', 'failed', 'expired'] as const) {
      expect((await list({ status })).map(({ id }) => id)).toEqual(
        all.filter((run) => run.status === status).map(({ id }) => id),
      );
    }
  });

  test('filters by reason and agent, pages by cursor, and stays within the tenant', async () => {
    const poisoned = [await failedRun('a'), await failedRun('b'), await failedRun('c')].map(({ runId }) => runId);
    await failedRun('d', undefined, 'provider_error');
    const filter = { status: 'failed', stopReason: 'poisoned', agent: 'a' } as const;
    const first = await list(filter, { before: null, limit: 2 });
    expect(first.map(({ id }) => id)).toEqual([poisoned[2], poisoned[1]]);
    const [next] = await list(filter, { before: first[1]?.id ?? null, limit: 2 });
    expect(next?.id).toBe(poisoned[0]);
    expect(await list({ ...filter, agent: 'b' })).toEqual([]);
    expect(await list({ tenantId: await ensureTenant(talk.database, newId()) })).toEqual([]);
  });
});
