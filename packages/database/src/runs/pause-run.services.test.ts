import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, type Run } from '@troupe/contracts';
import { PostgresEventArchive } from '../events/read-events.js';
import { completeToolCall } from '../tool-calls/complete-tool-call.js';
import { dispatchToolCall, findDueToolCalls } from '../tool-calls/dispatch-tool-call.js';
import { cancelRun } from './cancel-run.js';
import { claimRun } from './claim-run.js';
import { Conversations, codeOf } from './double-texting.test-harness.js';
import { findDueRuns, findOverdueRuns } from './find-due-runs.js';
import { pauseRun, restPausedRun, resumeRun } from './pause-run.js';
import { readRun } from './read-run.js';

let talk: Conversations;
beforeAll(async () => {
  talk = await Conversations.open();
});
afterAll(() => talk?.close());

const pause = (runId: string) => pauseRun(talk.database, talk.tenantId, runId);
const resume = (runId: string) => resumeRun(talk.database, talk.tenantId, runId);
const read = async (runId: string): Promise<Run> => (await readRun(talk.database, talk.tenantId, runId)).run;
const claim = (runId: string) => claimRun(talk.database, runId, 'other', 60);
const due = async (runId: string) =>
  (await findDueRuns(talk.database, { limit: 10_000, takeOver: true })).includes(runId);
const overdue = async (runId: string) => (await findOverdueRuns(talk.database, 10_000)).includes(runId);
const set = (runId: string, change: string) =>
  talk.database.dataSource.query(`UPDATE runs SET ${change} WHERE id = $1`, [runId]);

async function eventsOf(runId: string) {
  const [page] = await new PostgresEventArchive(talk.database).read([{ runId, after: { attempt: 0, n: 0 } }]);
  return (page?.events ?? []).map(({ id, type }) => `${id.attempt}-${id.n} ${type}`);
}

async function onlyToolCall(runId: string): Promise<string> {
  const [call] = await talk.database.dataSource.query('SELECT id FROM tool_calls WHERE run_id = $1', [runId]);
  return call.id;
}

describe('a queued run that is paused', () => {
  test('rests: nobody takes it or finds it, and it says so', async () => {
    const { runId } = await talk.send('Hello');
    await set(runId, `next_wake_at = now() - interval '1 minute', deadline_at = now() - interval '1 second'`);
    expect(await pause(runId)).toEqual({ attempt: 0, n: 2 });
    expect(await read(runId)).toMatchObject({ status: 'waiting', wait_kind: 'pause' });
    expect(await claim(runId)).toBeUndefined();
    expect([await due(runId), await overdue(runId)]).toEqual([false, false]);
    expect(await eventsOf(runId)).toEqual(['0-1 run.queued', '0-2 run.waiting']);
  });

  test('goes on after it is resumed, with its deadline moved by its rest', async () => {
    const { runId } = await talk.send('Hello');
    const before = Date.parse((await read(runId)).deadline_at);
    await pause(runId);
    await set(runId, `paused_at = now() - interval '1 hour'`);
    expect(await resume(runId)).toEqual({
      turn: { step: 0, dispatch: 2, wakeInMs: expect.any(Number) },
      toolCalls: { ids: [], dispatch: 2 },
    });
    const run = await read(runId);
    expect(run).toMatchObject({ status: 'queued', wait_kind: null });
    expect(Math.round((Date.parse(run.deadline_at) - before) / 60_000)).toBe(60);
    expect(await claim(runId)).toMatchObject({ firstClaim: true, lastEvent: { attempt: 0, n: 2 } });
  });

  test('pausing and resuming again change nothing', async () => {
    const { runId } = await talk.send('Hello');
    const rests = await Promise.all(Array.from({ length: 5 }, () => pause(runId)));
    expect(rests.filter(Boolean)).toHaveLength(1);
    const goes = await Promise.all(Array.from({ length: 5 }, () => resume(runId)));
    expect(goes.filter(Boolean)).toHaveLength(1);
    expect(await eventsOf(runId)).toEqual(['0-1 run.queued', '0-2 run.waiting']);
  });

  test('can be cancelled', async () => {
    const { runId } = await talk.send('Hello');
    await pause(runId);
    expect(await cancelRun(talk.database, talk.tenantId, runId)).toMatchObject({ status: 'cancelled' });
    expect(await read(runId)).toMatchObject({ status: 'cancelled', wait_kind: null });
  });
});

describe('a running run that is paused', () => {
  test('finishes its step and rests then', async () => {
    const { runId } = await talk.send('Hello');
    const run = await talk.claim(runId);
    expect(await pause(runId)).toBeUndefined();
    expect((await read(runId)).status).toBe('running');
    const next = { status: 'queued', wakeInMs: 0, because: 'next_step' } as const;
    expect(await talk.commit(run, next, { steps: 1 })).toMatchObject({ paused: true });
    expect(await restPausedRun(talk.database, runId, run.attempt)).toEqual({ attempt: 1, n: 1 });
    expect(await read(runId)).toMatchObject({ status: 'waiting', wait_kind: 'pause' });
    expect(await claim(runId)).toBeUndefined();
  });

  test('may complete', async () => {
    const { runId } = await talk.send('Hello');
    const run = await talk.claim(runId);
    await pause(runId);
    expect(await talk.answer(run, 'Hi')).toBe(true);
    expect((await read(runId)).status).toBe('completed');
    expect(await restPausedRun(talk.database, runId, run.attempt)).toBeUndefined();
  });

  test('whose worker dies is taken once more, to be laid down', async () => {
    const { runId } = await talk.send('Hello');
    await talk.claim(runId);
    await pause(runId);
    await set(runId, `lease_until = now() - interval '1 second'`);
    expect(await due(runId)).toBe(true);
    expect(await claim(runId)).toMatchObject({ paused: true, lostAttempts: [1] });
  });

  test('that failed a try keeps what is withdrawn withdrawn', async () => {
    const { runId } = await talk.send('Hello');
    const run = await talk.claim(runId);
    await talk.commit(run, { status: 'queued', wakeInMs: 0, because: 'retry' });
    expect(await read(runId)).toMatchObject({ status: 'waiting', wait_kind: 'timer' });
    expect(await pause(runId)).toEqual({ attempt: 2, n: 1 });
    await resume(runId);
    // The next attempt withdraws everything after this event, the failed try's text and the pause alike.
    expect(await claim(runId)).toMatchObject({ attempt: 3, lastEvent: { attempt: 0, n: 1 } });
  });
});

describe('a run that waits for a tool and is paused', () => {
  async function waiting() {
    const { runId } = await talk.send('Calculate.');
    await talk.callTool(await talk.claim(runId));
    const callId = await onlyToolCall(runId);
    await talk.database.dataSource.query(`UPDATE tool_calls SET lease_until = now() - interval '1 minute'`);
    return { runId, callId };
  }
  const findsCall = async (callId: string) =>
    (await findDueToolCalls(talk.database, 10_000)).some(({ id }) => id === callId);

  test('sends no call, and names those to ring for when it goes on', async () => {
    const { runId, callId } = await waiting();
    await pause(runId);
    expect(await dispatchToolCall(talk.database, callId, 60)).toBeUndefined();
    expect(await findsCall(callId)).toBe(false);
    expect(await resume(runId)).toMatchObject({ turn: null, toolCalls: { ids: [callId] } });
    expect(await dispatchToolCall(talk.database, callId, 60)).toMatchObject({ dispatches: 1 });
  });

  test('takes the result of a call that was sent before, and then rests', async () => {
    const { runId, callId } = await waiting();
    await dispatchToolCall(talk.database, callId, 60);
    await pause(runId);
    const outcome = { toolCallId: callId, dispatches: 1, state: 'completed', result: '4' } as const;
    expect(await completeToolCall(talk.database, outcome)).toMatchObject({
      events: [{ id: { attempt: 1, n: 2 } }],
    });
    expect(await read(runId)).toMatchObject({ status: 'waiting', wait_kind: 'pause' });
    expect(await claim(runId)).toBeUndefined();
    expect(await resume(runId)).toMatchObject({ turn: { step: 2 } });
    expect(await claim(runId)).toMatchObject({ step: 2 });
  });
});

test('a run that has ended, and an unknown one, can neither be paused nor resumed', async () => {
  const { runId } = await talk.send('Hello');
  await talk.answer(await talk.claim(runId), 'Hi');
  expect([await codeOf(pause(runId)), await codeOf(resume(runId))]).toEqual(['run_terminal', 'run_terminal']);
  expect([await codeOf(pause(newId())), await codeOf(resume(newId()))]).toEqual(['run_not_found', 'run_not_found']);
  expect(await codeOf(pauseRun(talk.database, newId(), runId))).toBe('run_not_found');
});
