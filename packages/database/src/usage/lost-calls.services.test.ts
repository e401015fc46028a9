import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { appendEvents } from '../events/append-events.js';
import { claimRun } from '../runs/claim-run.js';
import { commitStep } from '../runs/commit-step.js';
import { Conversations } from '../runs/double-texting.test-harness.js';
import { readRun } from '../runs/read-run.js';
import { callLedgerId } from './call-ledger-id.js';
import { estimatedUsage } from './estimated-usage.js';
import { type LedgerRow, ledgerRow } from './ledger-row.js';
import { readLostCalls } from './lost-calls.js';
import { recordUsage } from './record-usage.js';

let talk: Conversations;
beforeAll(async () => {
  talk = await Conversations.open();
});
afterAll(() => talk?.close());

const expire = (runId: string) =>
  talk.database.dataSource.query(`UPDATE runs SET lease_until = now() - interval '1 second' WHERE id = $1`, [runId]);

async function takenOver(runId: string) {
  await expire(runId);
  const run = await claimRun(talk.database, runId, 'next', 60);
  if (!run) throw new Error('The run could not be taken over.');
  return run;
}

function rowOf(runId: string, attempt: number, outcome: string, outputTokens: number): LedgerRow {
  const usage = estimatedUsage(10, outputTokens);
  return ledgerRow({
    id: callLedgerId(runId, attempt),
    purpose: 'turn',
    model: 'a/b',
    outcome,
    usage,
    step: 0,
    attempt,
  });
}

const ledgerOf = (runId: string): Promise<{ attempt: number; outcome: string; output_tokens: number }[]> =>
  talk.database.dataSource.query(
    'SELECT attempt, outcome, output_tokens FROM usage_ledger WHERE run_id = $1 ORDER BY attempt',
    [runId],
  );

describe('calls whose worker died', () => {
  test('are known to whoever takes the run over, with what was streamed, however many died', async () => {
    const { runId } = await talk.send('Hello');
    await talk.claim(runId);
    const delta = (text: string) => ({ type: 'text.delta' as const, data: { delta: text } });
    const events = [{ type: 'step.started' as const, data: { step: 0 } }, delta('Hel'), delta('lo')];
    await appendEvents(talk.database, [{ runId, attempt: 1, firstN: 1, events }]);
    await appendEvents(talk.database, [{ runId, attempt: 1, firstN: 4, events: [delta(' there')] }]);
    expect((await takenOver(runId)).lostAttempts).toEqual([1]);
    const third = await takenOver(runId);
    expect(third.lostAttempts).toEqual([1, 2]);
    expect(await readLostCalls(talk.database, third)).toEqual([
      { attempt: 1, streamedCharacters: 11, told: [], judged: [], ended: false },
      { attempt: 2, streamedCharacters: 0, told: [], judged: [], ended: false },
    ]);
  });

  test('are known with those of the attempt that failed before them', async () => {
    const { runId, threadId } = await talk.send('Hello');
    await talk.claim(runId);
    const owner = { tenantId: talk.tenantId, runId, threadId, userId: null, agent: 'a' };
    await recordUsage(talk.database, owner, rowOf(runId, 1, 'provider_overloaded', 0));
    const told = [{ attempt: 1, call: 1, outcome: 'provider_overloaded', input_tokens: 10, cost: null }];
    const next = await takenOver(runId);
    expect(await readLostCalls(talk.database, next)).toMatchObject([{ attempt: 1, told, ended: false }]);
    await recordUsage(talk.database, owner, { ...rowOf(runId, 1, 'completed', 7), id: newId(), call: 2 });
    expect(await readLostCalls(talk.database, next)).toMatchObject([{ attempt: 1, ended: true }]);
  });

  test('are on the ledger once, whoever accounts for them first', async () => {
    const { runId, threadId } = await talk.send('Hello');
    await talk.claim(runId);
    const run = await takenOver(runId);
    // The first worker was only frozen, and tells what its call cost.
    const owner = { tenantId: talk.tenantId, runId, threadId, userId: null, agent: 'a' };
    await recordUsage(talk.database, owner, rowOf(runId, 1, 'completed', 7));
    await recordUsage(talk.database, owner, rowOf(runId, 1, 'abandoned', 3));
    const rows = [rowOf(runId, 1, 'abandoned', 2), rowOf(runId, 2, 'aborted', 4)];
    await commitStep(talk.database, {
      runId,
      attempt: run.attempt,
      next: { status: 'cancelled' },
      ledger: rows,
      steps: [],
      messages: [],
      toolCalls: [],
      followUps: [],
      events: [],
      firstEvent: 1,
    });
    expect(await ledgerOf(runId)).toEqual([
      { attempt: 1, outcome: 'completed', output_tokens: 7 },
      { attempt: 2, outcome: 'aborted', output_tokens: 4 },
    ]);
  });

  test('are settled by a commit: the next attempt owes nothing', async () => {
    const { runId } = await talk.send('Hello');
    await talk.claim(runId);
    const run = await takenOver(runId);
    await talk.commit(run, { status: 'queued', wakeInMs: 0, because: 'retry' });
    expect((await talk.claim(runId)).lostAttempts).toEqual([]);
    expect((await readRun(talk.database, talk.tenantId, runId)).run.attempt).toBe(3);
  });
});
