import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, TroupeError } from '@troupe/contracts';
import { scriptedResponse } from '@troupe/testing';
import { commitStep } from '../runs/commit-step.js';
import { answerOf, Conversations } from '../runs/double-texting.test-harness.js';
import { estimatedUsage } from '../usage/estimated-usage.js';
import { findDueFollowUps } from './claim-follow-ups.js';
import { FollowUpRunner, type FollowUpWorker } from './follow-up-runner.js';
import { type FollowUpAnswer, meteredCall } from './metered-call.js';

let talk: Conversations;
let runner: FollowUpRunner;
beforeAll(async () => {
  talk = await Conversations.open();
});
afterAll(() => talk?.close());
beforeEach(() => {
  runner = new FollowUpRunner(talk.database);
});

interface TaskRow {
  state: string;
  attempt: number;
  hand_backs: number;
  error: string | null;
}

/** A finished run that leaves a title to be made. */
async function titleTask(): Promise<string> {
  const run = await talk.claim((await talk.send('Hello')).runId);
  const messages = answerOf(run, 'Hi');
  const id = newId();
  await commitStep(talk.database, {
    runId: run.id,
    attempt: run.attempt,
    next: { status: 'completed', stopReason: 'end_turn', outputMessageId: messages.at(-1)?.id ?? null },
    steps: [],
    messages,
    toolCalls: [],
    ledger: [],
    followUps: [{ id, kind: 'title-thread', model: 'demo/demo' }],
    events: [],
    firstEvent: 1,
  });
  return id;
}

async function taskOf(id: string): Promise<TaskRow> {
  const sql = talk.database.dataSource;
  const [row] = await sql.query('SELECT state, attempt, hand_backs, error FROM follow_up_tasks WHERE id = $1', [id]);
  return row;
}

const ledgerOf = (id: string): Promise<{ attempt: number; outcome: string; input_tokens: number }[]> =>
  talk.database.dataSource.query(
    `SELECT attempt, outcome, input_tokens, purpose, estimated FROM usage_ledger
      WHERE run_id = (SELECT run_id FROM follow_up_tasks WHERE id = $1) ORDER BY attempt`,
    [id],
  );

const due = (id: string) =>
  talk.database.dataSource.query(`UPDATE follow_up_tasks SET lease_until = now() - interval '1 second' WHERE id = $1`, [
    id,
  ]);

const unpriced = { priceOf: () => undefined };

/** Work whose model answers, throws or never ends. */
const working =
  (answer: 'title' | 'hang' | 'held' | Error): FollowUpWorker =>
  async (task, signal) => {
    const { made: title, ledger } = meteredCall({
      task,
      purpose: 'title',
      answer: await made(answer, signal),
      prices: unpriced,
      read: () => 'A title',
    });
    return { result: { title }, ledger };
  };

async function made(kind: 'title' | 'hang' | 'held' | Error, signal: AbortSignal): Promise<FollowUpAnswer> {
  if (kind === 'hang') {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    return made(signal.reason, signal);
  }
  if (kind === 'held') return { type: 'held', waitMs: 30_000, attempts: [] };
  const call = { number: 1, model: 'demo/demo' };
  if (kind instanceof Error) {
    return { type: 'failed', error: kind, attempts: [{ ...call, error: kind, usage: estimatedUsage(40, 0) }] };
  }
  const response = scriptedResponse([{ type: 'text', text: 'A title' }]);
  return { type: 'answered', response, attempts: [{ ...call, usage: response.usage }] };
}

describe('the ledger of follow-up tasks', () => {
  test('has a row for calls that fail, for those that die with their worker, and for the one that answers', async () => {
    const id = await titleTask();
    const cut = new TroupeError({ code: 'provider_stream_interrupted', fault: 'upstream', message: 'Cut.' });
    await expect(runner.run([id], working(cut))).rejects.toThrow('1 of 1 tasks failed');
    await due(id);
    // A worker takes it and dies.
    void new FollowUpRunner(talk.database).run([id], working('hang'));
    while ((await taskOf(id)).state !== 'running') await new Promise((resolve) => setTimeout(resolve, 5));
    await due(id);
    await runner.run([id], working('title'));

    expect(await taskOf(id)).toMatchObject({ state: 'completed', attempt: 3 });
    const row = { purpose: 'title', estimated: true };
    expect(await ledgerOf(id)).toEqual([
      { ...row, attempt: 1, outcome: 'provider_stream_interrupted', input_tokens: 40 },
      { ...row, attempt: 2, outcome: 'abandoned', input_tokens: 10 },
      { ...row, attempt: 3, outcome: 'completed', input_tokens: 10, estimated: false },
    ]);
  });

  test('has the true numbers of an answer that nobody could read', async () => {
    const id = await titleTask();
    const unreadable: FollowUpWorker = async (task) => {
      const read = () => {
        throw new TroupeError({ code: 'provider_bad_response', fault: 'upstream', message: 'No JSON.' });
      };
      const answer = await made('title', new AbortController().signal);
      const { ledger } = meteredCall({ task, purpose: 'title', answer, prices: unpriced, read });
      return { result: {}, ledger };
    };
    await expect(runner.run([id], unreadable)).rejects.toThrow();
    expect(await ledgerOf(id)).toMatchObject([
      { outcome: 'provider_bad_response', input_tokens: 10, estimated: false },
    ]);
  });
});

test('a task that a limit holds is put back for as long, and nothing is held against it', async () => {
  const id = await titleTask();
  for (let times = 1; times <= 7; times += 1) {
    await runner.run([id], working('held'));
    expect(await taskOf(id)).toMatchObject({ state: 'pending', attempt: times, hand_backs: times, error: null });
    expect(await findDueFollowUps(talk.database, 'title-thread', 1_000)).not.toContain(id);
    await due(id);
  }
  await runner.run([id], working('title'));
  expect(await taskOf(id)).toMatchObject({ state: 'completed' });
});

test('a runner whose task was taken over stores nothing of it', async () => {
  const id = await titleTask();
  const late = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const work = runner.run([id], async () => {
    begun.resolve();
    await late.promise;
    return { result: { title: 'Too late' }, ledger: [] };
  });
  await begun.promise;
  await due(id);
  const titleOf = async () => {
    const [row] = await talk.database.dataSource.query(
      `SELECT title, state, attempt FROM follow_up_tasks AS task JOIN threads ON threads.id = thread_id WHERE task.id = $1`,
      [id],
    );
    return row;
  };
  void new FollowUpRunner(talk.database).run([id], working('hang'));
  while ((await taskOf(id)).attempt < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  late.resolve();
  await work;
  expect(await titleOf()).toEqual({ title: null, state: 'running', attempt: 2 });
});

describe('a runner that stops', () => {
  test('hands its tasks back at once, as if they had never been tried', async () => {
    const id = await titleTask();
    const work = runner.run([id], working('hang'));
    while ((await taskOf(id)).state !== 'running') await new Promise((resolve) => setTimeout(resolve, 5));
    runner.close();
    await runner.idle(50);
    expect((await taskOf(id)).state).toBe('running');
    runner.drain();
    await work;
    expect(await taskOf(id)).toEqual({ state: 'pending', attempt: 1, hand_backs: 1, error: null });
    expect(await findDueFollowUps(talk.database, 'title-thread', 1_000)).toContain(id);
    expect(await ledgerOf(id)).toMatchObject([{ attempt: 1, outcome: 'aborted', input_tokens: 40 }]);
  });

  test('takes no more', async () => {
    const id = await titleTask();
    runner.close();
    await runner.run([id], working('title'));
    expect(await taskOf(id)).toMatchObject({ state: 'pending', attempt: 0 });
  });
});

test('a task that kills every worker is given up', async () => {
  const id = await titleTask();
  for (let attempt = 1; attempt <= 5; attempt++) {
    void new FollowUpRunner(talk.database).run([id], working('hang'));
    while ((await taskOf(id)).attempt < attempt) await new Promise((resolve) => setTimeout(resolve, 5));
    await due(id);
  }
  await expect(runner.run([id], working('title'))).rejects.toThrow();
  expect(await taskOf(id)).toMatchObject({ state: 'failed', error: 'Every worker that took this task died.' });
  expect((await ledgerOf(id)).map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'abandoned'));
});
