import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { claimFollowUps } from '../follow-ups/claim-follow-ups.js';
import { finishFollowUps, retryFollowUp } from '../follow-ups/finish-follow-ups.js';
import type { ClaimedRun } from '../runs/claim-run.js';
import { commitStep } from '../runs/commit-step.js';
import { Conversations } from '../runs/double-texting.test-harness.js';
import { readRun } from '../runs/read-run.js';
import { callLedgerId } from './call-ledger-id.js';
import { type LedgerRow, ledgerRow } from './ledger-row.js';
import { recordUsage } from './record-usage.js';

let talk: Conversations;
beforeAll(async () => {
  talk = await Conversations.open();
});
afterAll(() => talk?.close());

/** A call that cost so much; null: nobody knows. */
function rowOf(ownerId: string, attempt: number, call: number, cost: number | null, tokens = 10): LedgerRow {
  return ledgerRow({
    id: callLedgerId(ownerId, attempt, call),
    purpose: 'turn',
    model: 'a/b',
    outcome: 'completed',
    usage: {
      inputTokens: tokens,
      outputTokens: tokens,
      cachedInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningTokens: 0,
      estimated: false,
    },
    price: cost === null ? undefined : { cost, priceVersion: 'own@1' },
    attempt,
    call,
  });
}

function commit(run: ClaimedRun, ledger: LedgerRow[], followUpId?: string) {
  return commitStep(talk.database, {
    runId: run.id,
    attempt: run.attempt,
    next: followUpId
      ? { status: 'completed', stopReason: 'end_turn', outputMessageId: null }
      : { status: 'queued', wakeInMs: 0, because: 'next_step' },
    ledger,
    steps: [],
    messages: [],
    toolCalls: [],
    followUps: followUpId ? [{ id: followUpId, kind: 'title-thread', model: 'a/b' }] : [],
    events: [],
    firstEvent: 1,
  });
}

const stored = (ids: string[]) =>
  talk.database.dataSource.query(
    'SELECT call, cost::float8 AS cost, price_version FROM usage_ledger WHERE id = ANY($1) ORDER BY call',
    [ids],
  );

describe('a ledger row', () => {
  test('says what its call cost, by which prices, and which of its attempt it is', async () => {
    const run = await talk.claim((await talk.send('Hello')).runId);
    const rows = [rowOf(run.id, 1, 1, null), rowOf(run.id, 1, 2, 0.25), rowOf(run.id, 1, 3, 0.5)];
    await commit(run, rows.slice(0, 2));
    await recordUsage(talk.database, { tenantId: talk.tenantId, runId: run.id }, rows[2] as LedgerRow);
    expect(await stored(rows.map(({ id }) => id))).toEqual([
      { call: 1, cost: null, price_version: null },
      { call: 2, cost: 0.25, price_version: 'own@1' },
      { call: 3, cost: 0.5, price_version: 'own@1' },
    ]);
  });

  test('of a task says so too, whether the task is done or put back', async () => {
    const run = await talk.claim((await talk.send('Hello')).runId);
    const taskId = newId();
    await commit(run, [], taskId);
    const [first] = await claimFollowUps(talk.database, [taskId], 60);
    if (!first) throw new Error('The task could not be claimed.');
    const failed = [rowOf(taskId, 1, 1, 0.125), rowOf(taskId, 1, 2, null)];
    await retryFollowUp(talk.database, first, 'no', failed);
    const [second] = await claimFollowUps(talk.database, [taskId], 60);
    if (!second) throw new Error('The task could not be claimed again.');
    const done = [rowOf(taskId, 2, 3, 0.5)];
    await finishFollowUps(talk.database, [{ task: second, work: { result: { title: 'Greeting' }, ledger: done } }]);
    expect(await stored([...failed, ...done].map(({ id }) => id))).toEqual([
      { call: 1, cost: 0.125, price_version: 'own@1' },
      { call: 2, cost: null, price_version: null },
      { call: 3, cost: 0.5, price_version: 'own@1' },
    ]);
  });

  test('takes the cost that a provider stated when nobody asked a price book', () => {
    const usage = {
      inputTokens: 1,
      outputTokens: 1,
      cachedInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningTokens: 0,
      estimated: false,
    };
    const call = { purpose: 'turn', model: 'a/b', outcome: 'completed' } as const;
    expect(ledgerRow({ ...call, usage: { ...usage, cost: 0.5 } })).toMatchObject({
      cost: 0.5,
      price_version: 'provider',
    });
    expect(ledgerRow({ ...call, usage })).toMatchObject({ cost: null, price_version: null, call: 1 });
  });
});

describe('the cost of a run', () => {
  /** Commits steps with calls of these costs, and answers what the run says after each. */
  async function costsAfter(...steps: [cost: number | null, tokens?: number][][]): Promise<(number | null)[]> {
    const { runId } = await talk.send('Hello');
    const costs: (number | null)[] = [];
    for (const calls of steps) {
      const run = await talk.claim(runId);
      await commit(
        run,
        calls.map(([cost, tokens], index) => rowOf(runId, run.attempt, index + 1, cost, tokens)),
      );
      costs.push((await readRun(talk.database, talk.tenantId, runId)).run.usage.cost);
    }
    return costs;
  }

  test('is the sum of all that its calls cost', async () => {
    expect(await costsAfter([[0.25]], [[0.5], [0]], [])).toEqual([0.25, 0.75, 0.75]);
    expect(await costsAfter([], [[0]])).toEqual([null, 0]);
  });

  test('is not known once that of one call is not: a part would look like the whole', async () => {
    expect(await costsAfter([[0.25]], [[0.5], [null]], [[0.5]], [])).toEqual([0.25, null, null, null]);
    expect(await costsAfter([[null]], [[0.5]])).toEqual([null, null]);
  });

  test('is not touched by calls that were refused before they used anything', async () => {
    expect(await costsAfter([[null, 0]], [[0.25], [null, 0]])).toEqual([null, 0.25]);
  });
});
