import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { appendEvents } from '../events/append-events.js';
import { acceptOnNewThreads } from './accept-run.js';
import type { AcceptRunInput } from './accept-run-input.js';
import { claimRuns } from './claim-run.js';
import { commitSteps } from './commit-step.js';
import { Conversations, commitOf, completionOf } from './double-texting.test-harness.js';
import { readRun } from './read-run.js';
import { renewLeases } from './renew-leases.js';

let talk: Conversations;
beforeAll(async () => {
  talk = await Conversations.open();
});
afterAll(() => talk?.close());

const accept = (inputs: readonly AcceptRunInput[]) => acceptOnNewThreads(talk.database, inputs);
const claim = (runIds: readonly string[]) => claimRuns(talk.database, runIds, 'worker', 60);
const read = (runId: string) => readRun(talk.database, talk.tenantId, runId);

async function queued(count: number): Promise<string[]> {
  const accepted = await accept(Array.from({ length: count }, (_, n) => talk.input(`question ${n}`)));
  return accepted.map((run) => String(run?.runId));
}

async function running(count: number) {
  const claimed = await claim(await queued(count));
  return claimed.filter((run) => run !== undefined);
}

describe('runs that are accepted together', () => {
  test('each has its own thread, message and user', async () => {
    const inputs = ['ada', 'bob', 'ada'].map((userId, n) => talk.input(`I am ${userId}, ${n}`, { userId }));
    const accepted = await accept(inputs);
    expect(accepted.map((run) => run?.runId)).toEqual(inputs.map(({ runId }) => runId));
    expect(new Set(accepted.map((run) => run?.threadId)).size).toBe(3);
    for (const [index, run] of accepted.entries()) {
      const threadId = String(run?.threadId);
      expect(await talk.said(threadId)).toEqual([`I am ${inputs[index]?.userId}, ${index}`]);
      expect(await talk.thread(threadId)).toMatchObject({ active_run_id: run?.runId, message_count: 1 });
      expect((await read(String(run?.runId))).run.status).toBe('queued');
    }
    const users = await talk.database.dataSource.query('SELECT id FROM users ORDER BY id');
    expect(users).toEqual([{ id: 'ada' }, { id: 'bob' }]);
  });

  test('one that no agent answers is left out, and the others are stored', async () => {
    const inputs = [talk.input('a'), talk.input('b', { agent: 'nobody' }), talk.input('c')];
    const accepted = await accept(inputs);
    expect(accepted.map((run) => run !== undefined)).toEqual([true, false, true]);
  });

  test('of two with the same key one is stored, with the key', async () => {
    const idempotency = { endpoint: 'interact', key: newId(), requestHash: 'same' };
    const accepted = await accept([
      talk.input('a', { idempotency }),
      talk.input('a', { idempotency }),
      talk.input('b'),
    ]);
    expect(accepted.filter((run) => run !== undefined)).toHaveLength(2);
    expect(accepted[2]).toBeDefined();
    const again = await talk.send('a', undefined, undefined, { idempotency });
    expect(again).toMatchObject({ replayed: true, runId: (accepted[0] ?? accepted[1])?.runId });
  });
});

describe('runs that are claimed together', () => {
  test('those that are free are taken, each with its own conversation', async () => {
    const [first = '', taken = '', last = ''] = await queued(3);
    await talk.claim(taken);
    const claimed = await claim([last, taken, newId(), first]);
    expect(claimed.map((run) => run?.id)).toEqual([last, undefined, undefined, first]);
    expect(claimed.map((run) => run?.history.map(({ content }) => content[0]))).toEqual([
      [{ type: 'text', text: 'question 2' }],
      undefined,
      undefined,
      [{ type: 'text', text: 'question 0' }],
    ]);
  });

  test('one that is rung for twice is taken once', async () => {
    const [runId = ''] = await queued(1);
    const claimed = await claim([runId, runId]);
    expect(claimed.map((run) => run?.attempt)).toEqual([1, undefined]);
  });
});

describe('runs that are committed together', () => {
  test('each gets its own answer and its own outcome', async () => {
    const runs = await running(3);
    const commits = runs.map((run, n) => completionOf(run, `answer ${n}`));
    const committed = await commitSteps(talk.database, commits);
    expect(committed).toEqual(runs.map(() => expect.objectContaining({ step: 1, dispatch: 2, waitingRuns: 0 })));
    for (const [n, run] of runs.entries()) {
      expect(await talk.said(run.threadId)).toEqual([`question ${n}`, `answer ${n}`]);
      expect(await talk.thread(run.threadId)).toMatchObject({ active_run_id: null, message_count: 2 });
    }
  });

  test('one that was taken over is left out, and the others are stored', async () => {
    const [kept, lost, other] = await running(3);
    if (!kept || !lost || !other) throw new Error('The runs could not be claimed.');
    await talk.database.dataSource.query('UPDATE runs SET attempt = attempt + 1 WHERE id = $1', [lost.id]);
    const committed = await commitSteps(
      talk.database,
      [kept, lost, other].map((run) => completionOf(run, 'mine')),
    );
    expect(committed.map((step) => step !== undefined)).toEqual([true, false, true]);
    expect(await talk.said(lost.threadId)).toHaveLength(1);
  });

  test('a run whose thread others wait for says so, the others do not', async () => {
    const [alone, awaited] = await running(2);
    if (!alone || !awaited) throw new Error('The runs could not be claimed.');
    await talk.send('and now', awaited.threadId, 'enqueue');
    const committed = await commitSteps(talk.database, [completionOf(alone, 'a'), completionOf(awaited, 'b')]);
    expect(committed.map((step) => step?.waitingRuns)).toEqual([0, 1]);
  });

  test('whatever order they come in, nobody waits for somebody who waits for him', async () => {
    const runIds = await queued(100);
    for (let attempt = 1; attempt <= 8; attempt++) {
      const orders = [runIds, runIds.toReversed(), runIds, runIds.toReversed()];
      const claims = await Promise.all(orders.map((order) => claim(order)));
      expect(claims.flat().filter((run) => run !== undefined)).toHaveLength(100);
      const commits = runIds.map((runId) =>
        commitOf({ runId, attempt }, { status: 'queued', wakeInMs: 0, because: 'next_step' }),
      );
      const leases = runIds.map((runId) => ({ runId, attempt }));
      const [committed] = await Promise.all([
        commitSteps(talk.database, commits),
        renewLeases(talk.database, leases.toReversed(), 60),
        commitSteps(talk.database, commits.toReversed()),
        renewLeases(talk.database, leases, 60),
      ]);
      expect(committed).toHaveLength(100);
    }
  });
});

describe('the statements', () => {
  const someone = { runId: newId(), attempt: 1 };
  const event = { type: 'run.cancelled', data: { run_id: someone.runId } } as const;

  /** A plan that reads a table as a whole is kept by a connection while the table grows. */
  test.each<[string, (database: Queryable) => Promise<unknown>]>([
    ['acceptances', (database) => acceptOnNewThreads(database, [talk.input('Hello')])],
    ['claims', (database) => claimRuns(database, [someone.runId], 'worker', 60)],
    [
      'commits',
      (database) =>
        commitSteps(database, [commitOf(someone, { status: 'waiting', waitKind: 'tool', pendingToolCalls: 1 })]),
    ],
    ['stored events', (database) => appendEvents(database, [{ ...someone, firstN: 1, events: [event] }])],
    ['kept leases', (database) => renewLeases(database, [someone], 60)],
  ])('%s look rows up by their keys, however small the tables are', async (_, work) => {
    const small = await Conversations.open();
    try {
      const inputs = Array.from({ length: 50 }, () => small.input('Hello'));
      await acceptOnNewThreads(small.database, inputs);
      await small.database.dataSource.query('VACUUM ANALYZE');
      const plan = await planOf(small, work);
      expect(plan).toMatch(/Index (Only )?Scan/);
      expect(plan).not.toMatch(/Seq Scan on (runs|threads|messages|run_steps|run_events|tool_calls|usage_ledger)/);
    } finally {
      await small.close();
    }
  });
});

/** The plan for any values, which connections keep after a few times. */
async function planOf({ database }: Conversations, work: (database: Queryable) => Promise<unknown>): Promise<string> {
  const texts: string[] = [];
  await work({
    query: async ({ text }) => {
      texts.push(text);
      return [];
    },
  });
  const rows = await database.dataSource.query(`EXPLAIN (GENERIC_PLAN, COSTS OFF) ${texts[0]}`);
  return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
}
