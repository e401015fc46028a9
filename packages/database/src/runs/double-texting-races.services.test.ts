import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MultitaskStrategy } from '@troupe/contracts';
import { advanceThread, findStuckThreads } from './advance-thread.js';
import { cancelRun } from './cancel-run.js';
import { claimRun } from './claim-run.js';
import { Conversations, codeOf } from './double-texting.test-harness.js';
import { readRun } from './read-run.js';
import { startNextRun } from './start-next-run.js';

const ROUNDS = 200;

let conversations: Conversations;

beforeAll(async () => {
  conversations = await Conversations.open();
});

afterAll(() => conversations.close());

async function statusOf(runId: string): Promise<string> {
  return (await readRun(conversations.database, conversations.tenantId, runId)).run.status;
}

/** Sends, and moves the line where the run has to wait, as the gateway does. */
async function send(text: string, threadId: string, strategy: MultitaskStrategy) {
  const accepted = await conversations.send(text, threadId, strategy);
  if (accepted.wait) await advanceThread(conversations.database, threadId);
  return accepted;
}

async function cancel(runId: string): Promise<void> {
  const { threadToAdvance } = await cancelRun(conversations.database, conversations.tenantId, runId);
  if (threadToAdvance !== undefined) await advanceThread(conversations.database, threadToAdvance);
}

/** Takes the run as a worker does, if it can be taken. */
async function work(runId: string, text: string): Promise<void> {
  const run = await claimRun(conversations.database, runId, 'worker', 60);
  if (!run) return;
  if (!run.cancelRequested) {
    await conversations.answer(run, text);
    return;
  }
  const committed = await conversations.commit(run, { status: 'cancelled' });
  if (committed && committed.waitingRuns > 0) await advanceThread(conversations.database, run.threadId);
}

test('a run that is enqueued while another completes starts at once or when that has ended', async () => {
  const waited = { yes: 0, no: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const first = await conversations.send('first');
    const run = await conversations.claim(first.runId);
    const [, second] = await Promise.all([conversations.answer(run, 'one'), send('second', first.threadId, 'enqueue')]);
    waited[second.wait ? 'yes' : 'no'] += 1;
    expect(await conversations.thread(first.threadId)).toEqual({
      active_run_id: second.runId,
      waiting_runs: 0,
      message_count: 3,
    });
    await work(second.runId, 'two');
    expect(await conversations.said(first.threadId)).toEqual(['first', 'one', 'second', 'two']);
  }
  expect(waited.yes + waited.no).toBe(ROUNDS);
  expect(Math.min(waited.yes, waited.no)).toBeGreaterThan(0);
});

test('a run that is refused or accepted while another completes never ends in a deadlock', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const first = await conversations.send('first');
    const run = await conversations.claim(first.runId);
    const [done, ...codes] = await Promise.all([
      conversations.answer(run, 'one'),
      ...[1, 2, 3].map((n) => codeOf(conversations.send(`second ${n}`, first.threadId))),
    ]);
    expect(done).toBe(true);
    // The victim of a deadlock is told `database_unavailable`.
    expect(codes.filter((code) => code !== 'none' && code !== 'thread_busy')).toEqual([]);
    expect(codes.filter((code) => code === 'none').length).toBeLessThanOrEqual(1);
  }
});

test('a message that is given to a run while that completes is read by it or starts a run', async () => {
  const became = { read: 0, started: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const first = await conversations.send('first');
    const run = await conversations.claim(first.runId);
    const [, second] = await Promise.all([conversations.answer(run, 'one'), send('second', first.threadId, 'steer')]);
    became[second.steered ? 'read' : 'started'] += 1;
    await work(second.runId, 'two');
    expect(await statusOf(second.runId)).toBe('completed');
    expect(await conversations.said(first.threadId)).toEqual(['first', 'one', 'second', 'two']);
    expect(await conversations.thread(first.threadId)).toMatchObject({ active_run_id: null, waiting_runs: 0 });
  }
  expect(Math.min(became.read, became.started)).toBeGreaterThan(0);
});

/** A free thread with so many runs that wait for it, as a process leaves it that dies before it starts the next one. */
async function lineOf(count: number, strategy: MultitaskStrategy) {
  const first = await conversations.send('first');
  const runIds: string[] = [];
  for (let place = 1; place <= count; place++) {
    runIds.push((await conversations.send(`${place}`, first.threadId, strategy)).runId);
  }
  await cancelRun(conversations.database, conversations.tenantId, first.runId);
  return { threadId: first.threadId, runIds };
}

test('of many who start the next run of a thread at once one does, and starts the first in the line', async () => {
  for (let round = 0; round < ROUNDS / 10; round++) {
    const { threadId, runIds } = await lineOf(3, 'enqueue');
    const starts = await Promise.all(Array.from({ length: 6 }, () => startNextRun(conversations.database, threadId)));
    expect(starts.filter(Boolean)).toEqual([{ runId: runIds[0], dispatch: 1 }]);
    expect(await conversations.thread(threadId)).toMatchObject({ active_run_id: runIds[0], waiting_runs: 2 });
  }
});

test('a run whose row is locked by who cancels it is passed over, never waited for', async () => {
  const { threadId, runIds } = await lineOf(3, 'interrupt');
  const lock = { name: 'test-lock-run', text: 'SELECT id FROM runs WHERE id = $1 FOR UPDATE' };
  await conversations.database.transaction(async (cancelling) => {
    await cancelling.query(lock, [runIds[0]]);
    expect(await startNextRun(conversations.database, threadId)).toMatchObject({ runId: runIds[1] });
  });
});

test('the database itself refuses a thread a second run at work, whatever a statement forgot', async () => {
  const first = await conversations.send('first');
  const second = await conversations.send('second', first.threadId, 'enqueue');
  const forgetful = { name: 'test-start-anyway', text: 'UPDATE runs SET blocked = false WHERE id = $1' };
  await expect(conversations.database.query(forgetful, [second.runId])).rejects.toThrow('runs_one_active_per_thread');
});

test('a run that is cancelled while its turn comes ends or is answered, and the next one starts', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const first = await conversations.send('first');
    const run = await conversations.claim(first.runId);
    const second = await conversations.send('second', first.threadId, 'enqueue');
    const third = await conversations.send('third', first.threadId, 'enqueue');
    await Promise.all([
      conversations.answer(run, 'one'),
      cancel(second.runId),
      advanceThread(conversations.database, first.threadId),
    ]);
    expect(await statusOf(second.runId)).toBe('cancelled');
    expect(await conversations.thread(first.threadId)).toMatchObject({ active_run_id: third.runId, waiting_runs: 0 });
    await work(third.runId, 'three');
    const said = await conversations.said(first.threadId);
    expect(said.filter((text) => text !== 'second')).toEqual(['first', 'one', 'third', 'three']);
  }
});

test('runs that interrupt at once are all heard in order, and one is answered', async () => {
  for (let round = 0; round < ROUNDS / 4; round++) {
    const first = await conversations.send('first');
    const run = await conversations.claim(first.runId);
    const others = await Promise.all([1, 2, 3, 4].map((n) => send(`${n}`, first.threadId, 'interrupt')));
    const committed = await conversations.commit(run, { status: 'cancelled' });
    expect(committed).toMatchObject({ waitingRuns: 4 });
    await advanceThread(conversations.database, first.threadId);
    const { active_run_id } = await conversations.thread(first.threadId);
    await work(active_run_id ?? '', 'answer');
    const statuses = await Promise.all(others.map(({ runId }) => statusOf(runId)));
    expect(statuses.toSorted()).toEqual(['cancelled', 'cancelled', 'cancelled', 'completed']);
    const said = await conversations.said(first.threadId);
    expect([said[0], ...said.slice(1, 5).toSorted(), said[5]]).toEqual(['first', '1', '2', '3', '4', 'answer']);
    expect(said).toEqual(await conversations.listed(first.threadId));
  }
});

/** A small generator of numbers in [0, 1), so that a round that fails can be run again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test.each([1, 2, 3, 4])('people, workers and cancels at once leave a thread in order (seed %i)', async (seed) => {
  const random = randomFrom(seed);
  const first = await conversations.send('0');
  const { threadId } = first;
  const accepted = new Map<string, { strategy: MultitaskStrategy; texts: string[] }>();
  accepted.set(first.runId, { strategy: 'reject', texts: ['0'] });
  const cancelled = new Set<string>();
  let sent = 0;
  let open = true;

  async function person(): Promise<void> {
    for (let message = 0; message < 40; message++) {
      const strategy = (['reject', 'enqueue', 'enqueue', 'interrupt', 'rollback', 'steer', 'steer'] as const)[
        Math.floor(random() * 7)
      ] as MultitaskStrategy;
      sent += 1;
      const text = `${sent}`;
      try {
        const { runId } = await send(text, threadId, strategy);
        const run = accepted.get(runId) ?? { strategy, texts: [] };
        run.texts.push(text);
        accepted.set(runId, run);
      } catch (error) {
        expect(error).toMatchObject({ code: 'thread_busy' });
      }
      if (random() < 0.15) {
        const runId = [...accepted.keys()][Math.floor(random() * accepted.size)] as string;
        cancelled.add(runId);
        await cancel(runId);
      }
    }
  }

  async function worker(name: string): Promise<void> {
    while (open) {
      const { active_run_id } = await conversations.thread(threadId);
      if (active_run_id === null) await new Promise((resolve) => setTimeout(resolve, 1));
      else await work(active_run_id, `${name} answers`);
    }
  }

  const workers = [worker('A'), worker('B')];
  await Promise.all([person(), person(), person(), person()]);
  const end = Date.now() + 20_000;
  for (;;) {
    const { active_run_id, waiting_runs } = await conversations.thread(threadId);
    if (active_run_id === null && waiting_runs === 0) break;
    if (Date.now() > end) throw new Error(`stuck: ${JSON.stringify({ active_run_id, waiting_runs })}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  open = false;
  await Promise.all(workers);

  expect(await findStuckThreads(conversations.database, 1_000)).not.toContain(threadId);
  const rows: { id: string; status: string; blocked: boolean; place: number | null; strategy: string; line: Date }[] =
    await conversations.database.dataSource.query(
      `SELECT runs.id, status, blocked, place, multitask_strategy AS strategy, input_message_id AS line
        FROM runs WHERE thread_id = $1 ORDER BY place`,
      [threadId],
    );
  expect(rows).toHaveLength(accepted.size);
  const listed = await conversations.listed(threadId);
  const said = await conversations.said(threadId);
  expect(await conversations.thread(threadId)).toMatchObject({ message_count: said.length });
  for (const row of rows) {
    const texts = accepted.get(row.id)?.texts ?? [];
    expect(row.status).toMatch(/^(completed|cancelled)$/);
    if (row.strategy === 'enqueue' && !cancelled.has(row.id) && row.status === 'cancelled') {
      // Only an interruption ends it, and that happens to runs that have started.
      expect(row.blocked).toBe(false);
    }
    // Whatever was accepted is in the thread exactly once, unless its run ended in the line; nothing else is.
    for (const text of texts) expect(listed.filter((other) => other === text)).toHaveLength(row.blocked ? 0 : 1);
  }
  // The line is a path of the tree, and ids grow along it.
  let at = -1;
  for (const text of said.filter((other) => /^\d+$/.test(other))) {
    const next = listed.indexOf(text);
    expect(next).toBeGreaterThan(at);
    at = next;
  }
  const placed = rows.filter(({ strategy, blocked, place }) => strategy === 'enqueue' && !blocked && place !== null);
  const started = placed.map(({ id }) => listed.indexOf(accepted.get(id)?.texts[0] ?? ''));
  expect(started).toEqual(started.toSorted((a, b) => a - b));
});
