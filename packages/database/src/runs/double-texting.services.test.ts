import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type MultitaskStrategy, newId } from '@troupe/contracts';
import { PostgresEventArchive } from '../events/read-events.js';
import { ensureTenant } from '../tenants/ensure-tenant.js';
import { advanceThread, findStuckThreads } from './advance-thread.js';
import { cancelRun, endParkedRun } from './cancel-run.js';
import { claimRun } from './claim-run.js';
import { Conversations, codeOf } from './double-texting.test-harness.js';
import { findDueRuns, findOverdueRuns } from './find-due-runs.js';
import { readRun } from './read-run.js';
import { replayRun } from './replay-run.js';
import { MAX_UNREAD_MESSAGES, MAX_WAITING_RUNS } from './waiting-line.js';

let conversations: Conversations;

beforeAll(async () => {
  conversations = await Conversations.open();
});

afterAll(() => conversations.close());

type Activity = 'queued' | 'running' | 'waiting for a tool';
const ACTIVITIES: Activity[] = ['queued', 'running', 'waiting for a tool'];
const STRATEGIES: MultitaskStrategy[] = ['reject', 'enqueue', 'interrupt', 'rollback', 'steer'];

/** A thread that works on a run. */
async function busyThread(activity: Activity) {
  const first = await conversations.send('first');
  if (activity === 'queued') return first;
  const run = await conversations.claim(first.runId);
  if (activity === 'waiting for a tool') await conversations.callTool(run);
  return first;
}

async function runOf(runId: string) {
  return (await readRun(conversations.database, conversations.tenantId, runId)).run;
}

/** Ends the run as its worker would that heard of the cancel, and starts whoever is next. */
async function obeyCancel(runId: string, threadId: string): Promise<void> {
  const text = 'SELECT attempt, cancel_requested_at IS NOT NULL AS cancelled FROM runs WHERE id = $1';
  const rows = await conversations.database.query<{ attempt: number; cancelled: boolean }>(
    { name: 'test-attempt', text },
    [runId],
  );
  expect(rows).toMatchObject([{ cancelled: true }]);
  const held = { id: runId, attempt: rows[0]?.attempt ?? 0 } as Parameters<Conversations['commit']>[0];
  expect(await conversations.commit(held, { status: 'cancelled' })).toMatchObject({ waitingRuns: 1 });
  await advanceThread(conversations.database, threadId);
}

async function answerNext(runId: string, text: string): Promise<void> {
  expect(await conversations.answer(await conversations.claim(runId), text)).toBe(true);
}

describe('a thread without a run', () => {
  test.each(STRATEGIES)('%s starts a run at once', async (strategy) => {
    const first = await conversations.send('first', undefined, strategy);
    await answerNext(first.runId, 'one');
    const second = await conversations.send('second', first.threadId, strategy);
    expect(second).toMatchObject({ steered: false, wait: null });
    await answerNext(second.runId, 'two');
    expect(await conversations.said(first.threadId)).toEqual(['first', 'one', 'second', 'two']);
    expect(await conversations.thread(first.threadId)).toEqual({
      active_run_id: null,
      waiting_runs: 0,
      message_count: 4,
    });
    expect(await runOf(second.runId)).toMatchObject({ multitask_strategy: strategy, replaces_run_id: null });
  });

  test.each(STRATEGIES)("%s does not find another tenant's thread", async (strategy) => {
    const first = await busyThread('running');
    const stranger = { tenantId: await ensureTenant(conversations.database, newId()) };
    expect(await codeOf(conversations.send('psst', first.threadId, strategy, stranger))).toBe('thread_not_found');
    expect(await conversations.thread(first.threadId)).toMatchObject({ waiting_runs: 0, active_run_id: first.runId });
    const text = 'SELECT steering FROM runs WHERE id = $1';
    expect(await conversations.database.query({ name: 'test-steering', text }, [first.runId])).toEqual([
      { steering: [] },
    ]);
  });
});

describe.each(ACTIVITIES)('while a run is %s', (activity) => {
  test('reject refuses, and says which run it is', async () => {
    const first = await busyThread(activity);
    await expect(conversations.send('second', first.threadId)).rejects.toMatchObject({
      code: 'thread_busy',
      details: { thread_id: first.threadId, run_id: first.runId },
    });
    expect(await conversations.said(first.threadId)).not.toContain('second');
  });

  test('enqueue waits for its turn, in order of acceptance', async () => {
    const first = await busyThread(activity);
    const second = await conversations.send('second', first.threadId, 'enqueue');
    const third = await conversations.send('third', first.threadId, 'enqueue');
    expect(second).toMatchObject({ steered: false, replayed: false, wait: { behind: first.runId } });
    expect(await runOf(second.runId)).toMatchObject({
      status: 'waiting',
      wait_kind: 'thread',
      input_message_id: null,
      multitask_strategy: 'enqueue',
    });
    expect(await advanceThread(conversations.database, first.threadId)).toEqual({ started: [], cancelled: [] });
    expect(await claimRun(conversations.database, second.runId, 'worker', 60)).toBeUndefined();
    expect(await conversations.listed(first.threadId)).not.toContain('second');

    const ended = await cancelRun(conversations.database, conversations.tenantId, first.runId);
    if (activity === 'running') {
      expect(ended).toMatchObject({ status: 'running', threadToAdvance: undefined });
      const held = { id: first.runId, attempt: 1 } as Parameters<Conversations['commit']>[0];
      expect(await conversations.commit(held, { status: 'cancelled' })).toMatchObject({ waitingRuns: 2 });
    } else {
      expect(ended).toMatchObject({ status: 'cancelled', threadToAdvance: first.threadId });
    }
    const { started } = await advanceThread(conversations.database, first.threadId);
    expect(started).toEqual([{ runId: second.runId, dispatch: 1 }]);
    await answerNext(second.runId, 'two');
    await answerNext(third.runId, 'three');
    const before = activity === 'waiting for a tool' ? ['first', 'calls a tool'] : ['first'];
    expect(await conversations.said(first.threadId)).toEqual([...before, 'second', 'two', 'third', 'three']);
    expect(await conversations.listed(first.threadId)).toEqual([...before, 'second', 'two', 'third', 'three']);
  });

  test.each(['interrupt', 'rollback'] as const)('%s cancels it and goes before those that wait', async (strategy) => {
    const first = await busyThread(activity);
    const patient = await conversations.send('patient', first.threadId, 'enqueue');
    const second = await conversations.send('second', first.threadId, strategy);
    expect(second.wait).toEqual({ behind: first.runId });
    const advance = await advanceThread(conversations.database, first.threadId);
    if (activity === 'running') {
      expect(advance).toEqual({ started: [], cancelled: [{ runId: first.runId, event: null }] });
      const text = 'SELECT cancel_requested_at IS NOT NULL AS cancelled FROM runs WHERE id = $1';
      const statement = { name: 'test-cancelled', text };
      expect(await conversations.database.query(statement, [first.runId])).toEqual([{ cancelled: true }]);
      const held = { id: first.runId, attempt: 1 } as Parameters<Conversations['commit']>[0];
      await conversations.commit(held, { status: 'cancelled' });
      const { started } = await advanceThread(conversations.database, first.threadId);
      expect(started).toEqual([{ runId: second.runId, dispatch: 1 }]);
    } else {
      expect(advance.cancelled).toMatchObject([{ runId: first.runId }]);
      expect(advance.started).toEqual([{ runId: second.runId, dispatch: 1 }]);
    }
    expect((await runOf(first.runId)).status).toBe('cancelled');
    expect(await runOf(second.runId)).toMatchObject({ replaces_run_id: first.runId, wait_kind: null });
    await answerNext(second.runId, 'two');
    await answerNext(patient.runId, 'three');

    const old = activity === 'waiting for a tool' ? ['first', 'calls a tool'] : ['first'];
    const kept = strategy === 'rollback' ? [] : old;
    const rest = ['second', 'two', 'patient', 'three'];
    expect(await conversations.said(first.threadId)).toEqual([...kept, ...rest]);
    expect(await conversations.listed(first.threadId)).toEqual([...old, ...rest]);
    const tools = strategy === 'interrupt' && activity === 'waiting for a tool' ? 1 : 0;
    expect(await conversations.thread(first.threadId)).toEqual({
      active_run_id: null,
      waiting_runs: 0,
      message_count: kept.length + rest.length + tools,
    });
  });

  test('steer gives it the message, which its next turn reads', async () => {
    const first = await busyThread(activity);
    const steered = await conversations.send('and this', first.threadId, 'steer');
    expect(steered).toMatchObject({ runId: first.runId, steered: true, replayed: false, wait: null });
    expect(await conversations.listed(first.threadId)).not.toContain('and this');
    if (activity === 'running') return;
    if (activity === 'waiting for a tool') {
      await conversations.database.dataSource.query(`UPDATE runs SET status = 'queued' WHERE id = $1`, [first.runId]);
    }
    const run = await conversations.claim(first.runId);
    expect(run.received).toMatchObject([{ content: [{ type: 'text', text: 'and this' }] }]);
    expect(run.history.at(-1)).toMatchObject({ role: 'user', content: [{ type: 'text', text: 'and this' }] });
    await conversations.answer(run, 'both');
    const before = activity === 'waiting for a tool' ? ['first', 'calls a tool'] : ['first'];
    expect(await conversations.said(first.threadId)).toEqual([...before, 'and this', 'both']);
    expect((await runOf(first.runId)).status).toBe('completed');
  });

  test.each(['enqueue', 'interrupt', 'rollback', 'steer'] as const)(
    '%s with an Idempotency-Key gives the same run again',
    async (strategy) => {
      const first = await busyThread(activity);
      const idempotency = { endpoint: 'interact', key: newId(), requestHash: 'a' };
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => conversations.send('second', first.threadId, strategy, { idempotency })),
      );
      expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(new Set(answers.map(({ steered }) => steered))).toEqual(new Set([strategy === 'steer']));
      const changed = { idempotency: { ...idempotency, requestHash: 'b' } };
      expect(await codeOf(conversations.send('other', first.threadId, strategy, changed))).toBe(
        'idempotency_key_reused',
      );
      const { waiting_runs } = await conversations.thread(first.threadId);
      expect(waiting_runs).toBe(strategy === 'steer' ? 0 : 1);
    },
  );
});

describe('runs that wait', () => {
  test('are told by their first event which run they wait for', async () => {
    const first = await busyThread('running');
    const second = await conversations.send('second', first.threadId, 'enqueue');
    const [page] = await new PostgresEventArchive(conversations.database).read([
      { runId: second.runId, after: { attempt: 0, n: 0 } },
    ]);
    expect(page?.events).toMatchObject([{ type: 'run.queued', data: { run_id: second.runId, behind: first.runId } }]);
  });

  test('are no work for workers, and expire like others', async () => {
    const first = await busyThread('running');
    const second = await conversations.send('second', first.threadId, 'enqueue', { deadlineSeconds: 0 });
    await conversations.database.dataSource.query(
      `UPDATE runs SET next_wake_at = now() - interval '1 hour', deadline_at = now() - interval '1 second' WHERE id = $1`,
      [second.runId],
    );
    expect(await findDueRuns(conversations.database, { limit: 1_000, takeOver: true })).not.toContain(second.runId);
    expect(await findOverdueRuns(conversations.database, 1_000)).toContain(second.runId);
    await endParkedRun(conversations.database, second.runId, 'expired', null);
    expect((await runOf(second.runId)).status).toBe('expired');
    expect(await conversations.thread(first.threadId)).toMatchObject({ waiting_runs: 0, active_run_id: first.runId });
    await conversations.send('third', first.threadId, 'enqueue');
    expect(await conversations.thread(first.threadId)).toMatchObject({ waiting_runs: 1 });
  });

  test('can be cancelled; their message never joins the thread, and can be replayed', async () => {
    const first = await busyThread('queued');
    const second = await conversations.send('second', first.threadId, 'enqueue');
    const third = await conversations.send('third', first.threadId, 'enqueue');
    expect(await cancelRun(conversations.database, conversations.tenantId, second.runId)).toMatchObject({
      status: 'cancelled',
      threadToAdvance: undefined,
    });
    await answerNext(first.runId, 'one');
    await answerNext(third.runId, 'three');
    expect(await conversations.listed(first.threadId)).toEqual(['first', 'one', 'third', 'three']);
    const again = await replayRun(conversations.database, {
      tenantId: conversations.tenantId,
      runId: second.runId,
      newRunId: newId(),
      newMessageId: newId(),
      deadlineSeconds: 60,
      model: null,
    });
    expect(await codeOf(conversations.send('fourth', first.threadId))).toBe('thread_busy');
    await answerNext(again.runId, 'two');
    expect(await conversations.said(first.threadId)).toEqual(['first', 'one', 'third', 'three', 'second', 'two']);
  });

  test('are refused when the line is full', async () => {
    const first = await busyThread('running');
    const line = Array.from({ length: MAX_WAITING_RUNS }, (_, i) =>
      conversations.send(`${i}`, first.threadId, 'enqueue'),
    );
    await Promise.all(line);
    expect(await codeOf(conversations.send('one more', first.threadId, 'enqueue'))).toBe('thread_busy');
    expect(await codeOf(conversations.send('one more', first.threadId, 'interrupt'))).toBe('thread_busy');
  });

  test('a run that asks for a free thread is refused while others wait, though none is at work', async () => {
    const first = await busyThread('queued');
    const second = await conversations.send('second', first.threadId, 'enqueue');
    await cancelRun(conversations.database, conversations.tenantId, first.runId);
    expect(await codeOf(conversations.send('third', first.threadId))).toBe('thread_busy');
    const fourth = await conversations.send('fourth', first.threadId, 'steer');
    expect(fourth).toMatchObject({ steered: false, wait: { behind: null } });
    // As if the process that cancelled it had died.
    expect(await findStuckThreads(conversations.database, 1_000)).toContain(first.threadId);
    const { started } = await advanceThread(conversations.database, first.threadId);
    expect(started.map(({ runId }) => runId)).toEqual([second.runId]);
    expect(await findStuckThreads(conversations.database, 1_000)).not.toContain(first.threadId);
  });

  test('an interrupt whose acceptor died is found', async () => {
    const first = await busyThread('running');
    await conversations.send('patient', first.threadId, 'enqueue');
    expect(await findStuckThreads(conversations.database, 1_000)).not.toContain(first.threadId);
    await conversations.send('second', first.threadId, 'interrupt');
    expect(await findStuckThreads(conversations.database, 1_000)).toContain(first.threadId);
    await advanceThread(conversations.database, first.threadId);
    expect(await findStuckThreads(conversations.database, 1_000)).not.toContain(first.threadId);
  });
});

describe('one interrupt after another', () => {
  test('keeps every message in order and answers the last', async () => {
    const first = await busyThread('running');
    const second = await conversations.send('second', first.threadId, 'interrupt');
    await advanceThread(conversations.database, first.threadId);
    const third = await conversations.send('third', first.threadId, 'interrupt');
    const patient = await conversations.send('patient', first.threadId, 'enqueue');
    const held = { id: first.runId, attempt: 1 } as Parameters<Conversations['commit']>[0];
    await conversations.commit(held, { status: 'cancelled' });
    const { started, cancelled } = await advanceThread(conversations.database, first.threadId);
    expect(cancelled.map(({ runId }) => runId)).toEqual([second.runId]);
    expect(started.map(({ runId }) => runId)).toEqual([third.runId]);
    expect(await runOf(third.runId)).toMatchObject({ replaces_run_id: second.runId });
    await answerNext(third.runId, 'three');
    await answerNext(patient.runId, 'four');
    expect(await conversations.said(first.threadId)).toEqual(['first', 'second', 'third', 'three', 'patient', 'four']);
  });

  test('a rollback takes the place of the last one', async () => {
    const before = await conversations.send('before');
    await answerNext(before.runId, 'answered');
    const { threadId } = before;
    const first = await conversations.send('first', threadId);
    await conversations.callTool(await conversations.claim(first.runId));
    await conversations.send('second', threadId, 'interrupt');
    const third = await conversations.send('third', threadId, 'rollback');
    await advanceThread(conversations.database, threadId);
    await answerNext(third.runId, 'three');
    expect(await conversations.said(threadId)).toEqual([
      'before',
      'answered',
      'first',
      'calls a tool',
      'third',
      'three',
    ]);
    // The result of the tool counts as a message, too.
    expect(await conversations.thread(threadId)).toMatchObject({ message_count: 7 });
    const rows = await conversations.database.dataSource.query(
      `SELECT content -> 0 ->> 'text' AS text, parent_id FROM messages WHERE thread_id = $1
        AND content -> 0 ->> 'text' IN ('second', 'third')`,
      [threadId],
    );
    expect(new Set(rows.map((row: { parent_id: string }) => row.parent_id)).size).toBe(1);
  });

  test('a rollback of a run that ended in time takes its answer back all the same', async () => {
    const first = await busyThread('running');
    const second = await conversations.send('second', first.threadId, 'rollback');
    const held = { id: first.runId, attempt: 1, headMessageId: (await runOf(first.runId)).input_message_id };
    await conversations.answer(
      { ...held, threadId: first.threadId, received: [], step: 0 } as unknown as Parameters<Conversations['answer']>[0],
      'one',
    );
    await answerNext(second.runId, 'two');
    expect((await runOf(first.runId)).status).toBe('completed');
    expect(await conversations.said(first.threadId)).toEqual(['second', 'two']);
    expect(await conversations.listed(first.threadId)).toEqual(['first', 'one', 'second', 'two']);
    expect(await conversations.thread(first.threadId)).toMatchObject({ message_count: 2 });
  });
});

describe('messages that are given to a run', () => {
  test('keep it from completing until a turn has read them', async () => {
    const first = await conversations.send('first');
    const run = await conversations.claim(first.runId);
    await conversations.send('second', first.threadId, 'steer');
    await conversations.send('third', first.threadId, 'steer');
    await conversations.answer(run, 'one');
    expect((await runOf(first.runId)).status).toBe('queued');
    const again = await conversations.claim(first.runId);
    expect(again.received).toHaveLength(2);
    await conversations.send('fourth', first.threadId, 'steer');
    await conversations.answer(again, 'two');
    await answerNext(first.runId, 'three');
    const all = ['first', 'one', 'second', 'third', 'two', 'fourth', 'three'];
    expect(await conversations.said(first.threadId)).toEqual(all);
    expect(await conversations.listed(first.threadId)).toEqual(all);
    expect(await conversations.thread(first.threadId)).toMatchObject({ message_count: 7, active_run_id: null });
  });

  test('are there again for the next try of a turn that broke off', async () => {
    const first = await conversations.send('first');
    await conversations.send('second', first.threadId, 'steer');
    const run = await conversations.claim(first.runId);
    await conversations.commit(run, { status: 'queued', wakeInMs: 0, because: 'retry' });
    expect((await conversations.claim(first.runId)).received).toHaveLength(1);
  });

  test.each([
    ['fails', { status: 'failed', stopReason: 'server_error', error: { code: 'x', fault: 'server', message: 'x' } }],
    ['is cancelled', { status: 'cancelled' }],
    ['expires', { status: 'expired' }],
  ])('stay in the thread when the run %s before it reads them', async (_case, next) => {
    const first = await conversations.send('first');
    const run = await conversations.claim(first.runId);
    await conversations.send('second', first.threadId, 'steer');
    await conversations.send('third', first.threadId, 'steer');
    await conversations.commit(run, next as Parameters<Conversations['commit']>[1]);
    expect(await conversations.said(first.threadId)).toEqual(['first', 'second', 'third']);
    expect(await conversations.listed(first.threadId)).toEqual(['first', 'second', 'third']);
    expect(await conversations.thread(first.threadId)).toMatchObject({ message_count: 3, active_run_id: null });
    const fourth = await conversations.send('fourth', first.threadId);
    await answerNext(fourth.runId, 'four');
    expect(await conversations.said(first.threadId)).toEqual(['first', 'second', 'third', 'fourth', 'four']);
  });

  test('stay there too when the run is cancelled while it is parked', async () => {
    const first = await busyThread('waiting for a tool');
    await conversations.send('second', first.threadId, 'steer');
    await cancelRun(conversations.database, conversations.tenantId, first.runId);
    expect(await conversations.said(first.threadId)).toEqual(['first', 'calls a tool', 'second']);
  });

  test('become runs of their own behind one that is being cancelled, or has too many', async () => {
    const first = await busyThread('running');
    for (let n = 0; n < MAX_UNREAD_MESSAGES; n++) await conversations.send(`${n}`, first.threadId, 'steer');
    expect(await conversations.send('one more', first.threadId, 'steer')).toMatchObject({
      steered: false,
      wait: { behind: first.runId },
    });
    const dying = await busyThread('running');
    await cancelRun(conversations.database, conversations.tenantId, dying.runId);
    const next = await conversations.send('second', dying.threadId, 'steer');
    expect(next).toMatchObject({ steered: false, wait: { behind: dying.runId } });
    await obeyCancel(dying.runId, dying.threadId);
    await answerNext(next.runId, 'two');
    expect(await conversations.said(dying.threadId)).toEqual(['first', 'second', 'two']);
  });
});
