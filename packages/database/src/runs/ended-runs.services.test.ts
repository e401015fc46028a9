import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunResult } from '@troupe/contracts';
import { cancelRun, endParkedRun } from './cancel-run.js';
import { type ClaimedRun, claimRun } from './claim-run.js';
import { Conversations, codeOf } from './double-texting.test-harness.js';
import { findDueRuns, findOverdueRuns } from './find-due-runs.js';
import { pauseRun } from './pause-run.js';
import { readRun } from './read-run.js';
import type { NextState } from './step-commit.js';

let talk: Conversations;
beforeAll(async () => {
  talk = await Conversations.open();
});
afterAll(() => talk?.close());

const error = { code: 'provider_overloaded', fault: 'upstream', message: 'No.', retryable: false } as const;

test('a run that has ended stays as it ended', async () => {
  const { database, tenantId } = talk;
  const read = (runId: string): Promise<RunResult> => readRun(database, tenantId, runId);
  const ends: ((run: ClaimedRun) => Promise<unknown>)[] = [
    (run) => talk.answer(run, 'Hi'),
    (run) => talk.commit(run, { status: 'failed', stopReason: 'provider_error', error }),
    (run) => talk.commit(run, { status: 'cancelled' }),
    (run) => talk.commit(run, { status: 'expired' }),
  ];
  const statuses: string[] = [];
  for (const end of ends) {
    const { runId } = await talk.send('Hello');
    const run = await talk.claim(runId);
    await end(run);
    // Whatever time it is, for whoever looks at times.
    const past = `deadline_at = now() - interval '1 hour', next_wake_at = now() - interval '1 hour'`;
    await database.dataSource.query(`UPDATE runs SET ${past} WHERE id = $1`, [runId]);
    const before = await read(runId);
    statuses.push(before.run.status);

    expect(await cancelRun(database, tenantId, runId)).toMatchObject({ status: before.run.status, event: null });
    expect(await endParkedRun(database, runId, 'expired', null)).toBeUndefined();
    expect(await codeOf(pauseRun(database, tenantId, runId))).toBe('run_terminal');
    expect(await claimRun(database, runId, 'other', 60)).toBeUndefined();
    const again: NextState = { status: 'queued', wakeInMs: 0, because: 'next_step' };
    expect(await talk.commit(run, again)).toBeUndefined();
    const [due, overdue] = [
      await findDueRuns(database, { limit: 1_000, takeOver: true }),
      await findOverdueRuns(database, 1_000),
    ];
    expect([due, overdue].flat()).not.toContain(runId);
    expect(await read(runId)).toEqual(before);
  }
  expect(statuses).toEqual(['completed', 'failed', 'cancelled', 'expired']);
});
