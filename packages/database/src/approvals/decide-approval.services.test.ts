import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, type RunEventBody } from '@troupe/contracts';
import { PostgresEventArchive } from '../events/read-events.js';
import { cancelRun, endParkedRun } from '../runs/cancel-run.js';
import { claimRun } from '../runs/claim-run.js';
import { Conversations } from '../runs/double-texting.test-harness.js';
import { findOverdueRuns } from '../runs/find-due-runs.js';
import { pauseRun, resumeRun } from '../runs/pause-run.js';
import { readCommit } from '../runs/read-commit.js';
import { readRun } from '../runs/read-run.js';
import { startSubrun } from '../subruns/start-subrun.js';
import { ensureTenant } from '../tenants/ensure-tenant.js';
import { completeToolCall } from '../tool-calls/complete-tool-call.js';
import { dispatchToolCall, findDueToolCalls } from '../tool-calls/dispatch-tool-call.js';
import { askedRound, commitRound, decide, expire, type Round, roundOf, wordOf } from './approvals.test-harness.js';
import { decideApproval } from './decide-approval.js';
import { closeAbandonedApprovals, findOverdueApprovals } from './expire-approval.js';
import { type ApprovalFilter, listApprovals, readApproval } from './read-approvals.js';
import { readStickyDecisions } from './read-sticky-decisions.js';

let talk: Conversations;
beforeAll(async () => {
  talk = await Conversations.open();
});
afterAll(() => talk?.close());

const read = async (runId: string) => (await readRun(talk.database, talk.tenantId, runId)).run;
const stateOf = async (id: string) => (await readApproval(talk.database, talk.tenantId, id)).state;

async function sql<Row>(text: string, values: unknown[]): Promise<Row[]> {
  return talk.database.dataSource.query(text, values);
}

async function callStates({ callIds }: Round): Promise<string[]> {
  const rows = await sql<{ state: string }>('SELECT state FROM tool_calls WHERE id = ANY($1) ORDER BY index', [
    callIds,
  ]);
  return rows.map(({ state }) => state);
}

async function eventTypes(runId: string): Promise<string[]> {
  const [page] = await new PostgresEventArchive(talk.database).read([{ runId, after: { attempt: 0, n: 0 } }]);
  return (page?.events ?? []).map((event) => ('kind' in event.data ? `${event.type} ${event.data.kind}` : event.type));
}

function first<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined) throw new Error('There is none.');
  return value;
}

async function overdue(ids: readonly string[]): Promise<void> {
  await sql(`UPDATE approvals SET expires_at = now() - interval '1 second' WHERE id = ANY($1)`, [ids]);
}

/** Sends a call and stores its result. */
async function runCall(id: string) {
  const sent = await dispatchToolCall(talk.database, id, 60);
  if (!sent) throw new Error('The call could not be sent.');
  const outcome = { toolCallId: id, dispatches: sent.dispatches, state: 'completed', result: 'done' } as const;
  return completeToolCall(talk.database, outcome);
}

describe('a call that waits for a person', () => {
  test('is not sent and not looked for, however late it is', async () => {
    const round = await askedRound(talk, ['tool']);
    const id = first(round.callIds);
    await sql(`UPDATE tool_calls SET lease_until = now() - interval '1 day' WHERE id = $1`, [id]);
    expect(await dispatchToolCall(talk.database, id, 60)).toBeUndefined();
    expect((await findDueToolCalls(talk.database, 1_000)).map((call) => call.id)).not.toContain(id);
    expect(await read(round.runId)).toMatchObject({ status: 'waiting', wait_kind: 'approval' });
    expect(await readRun(talk.database, talk.tenantId, round.runId)).toMatchObject({
      approvals: [{ id: first(round.approvalIds), state: 'pending', arguments: { euros: 80 } }],
    });
  });

  test('is sent once it is approved, with other arguments where they were changed', async () => {
    const round = await askedRound(talk, ['tool']);
    const settled = await decideApproval(talk.database, {
      tenantId: talk.tenantId,
      approvalId: first(round.approvalIds),
      state: 'approved',
      outcome: { arguments: { euros: 50 } },
      decidedBy: 'ada',
      call: { do: 'send', arguments: { euros: 50 } },
    });
    expect(settled).toMatchObject({
      approval: {
        state: 'approved',
        decided_by: 'ada',
        arguments: { euros: 80 },
        decision: { arguments: { euros: 50 } },
      },
      send: first(round.callIds),
      resume: null,
      events: [{ event: { type: 'approval.decided', data: { state: 'approved', arguments: { euros: 50 } } } }],
    });
    expect(await read(round.runId)).toMatchObject({ status: 'waiting', wait_kind: 'tool' });
    expect(await dispatchToolCall(talk.database, first(round.callIds), 60)).toMatchObject({
      arguments: { euros: 50 },
      edited: true,
    });
  });

  test('has its result at once when it is rejected, and its run goes on', async () => {
    const round = await askedRound(talk, ['tool']);
    const settled = await decide(talk, first(round.approvalIds), 'reject');
    expect(settled).toMatchObject({ send: null, resume: { step: 2 } });
    expect(settled.events.map(({ event }) => event.type)).toEqual(['approval.decided', 'tool_call.completed']);
    expect(await callStates(round)).toEqual(['failed']);
    expect(await read(round.runId)).toMatchObject({ status: 'queued', wait_kind: null, step: 2 });
    const claimed = await talk.claim(round.runId);
    expect(claimed.history.at(-1)?.content).toEqual([
      expect.objectContaining({ status: 'failed', content: 'Error: no' }),
    ]);
  });

  test('takes an answer as its result', async () => {
    const round = await askedRound(talk, ['input']);
    expect(await read(round.runId)).toMatchObject({ wait_kind: 'input' });
    expect(await decide(talk, first(round.approvalIds), 'answer')).toMatchObject({ resume: { step: 2 } });
    expect(await callStates(round)).toEqual(['completed']);
  });

  test('is found when the bell of its approval was lost', async () => {
    const round = await askedRound(talk, ['tool']);
    await decide(talk, first(round.approvalIds), 'approve');
    const id = first(round.callIds);
    await sql(`UPDATE tool_calls SET lease_until = now() WHERE id = $1`, [id]);
    expect(await findDueToolCalls(talk.database, 1_000)).toContainEqual(expect.objectContaining({ id, todo: 'send' }));
  });
});

describe('several calls of one round', () => {
  test('are decided one by one, and the last one resumes the run', async () => {
    const round = await askedRound(talk, ['tool', 'input', 'tool']);
    const [pay, ask, payAgain] = round.approvalIds;
    expect(await decide(talk, ask ?? '', 'answer')).toMatchObject({ resume: null });
    expect(await read(round.runId)).toMatchObject({ wait_kind: 'approval' });
    expect(await decide(talk, pay ?? '', 'approve')).toMatchObject({ resume: null });
    expect(await read(round.runId)).toMatchObject({ wait_kind: 'tool' });
    expect(await runCall(first(round.callIds))).toMatchObject({ resume: null });
    expect(await read(round.runId)).toMatchObject({ wait_kind: 'approval' });
    expect(await decide(talk, payAgain ?? '', 'reject')).toMatchObject({ resume: { step: 2 } });
    expect(await eventTypes(round.runId)).toEqual([
      'run.queued',
      'approval.decided',
      'tool_call.completed',
      'run.waiting approval',
      'approval.decided',
      'tool_call.completed',
      'run.waiting approval',
      'approval.decided',
      'tool_call.completed',
    ]);
  });

  test('those that need nobody run beside; then the run says that it waits for people', async () => {
    const round = await askedRound(talk, ['run', 'input']);
    expect(await read(round.runId)).toMatchObject({ wait_kind: 'tool' });
    const completed = await runCall(first(round.callIds));
    expect(completed?.events.map(({ event, id }) => [event.type, id.n])).toEqual([
      ['tool_call.completed', 1],
      ['run.waiting', 2],
    ]);
    expect(await read(round.runId)).toMatchObject({ status: 'waiting', wait_kind: 'input' });
  });
});

describe('of two who decide at once', () => {
  test.each([
    ['approve', 'approve'],
    ['approve', 'reject'],
    ['reject', 'reject'],
  ] as const)('(%s, %s) one does, and the other hears what was decided', async (one, other) => {
    for (let time = 0; time < 5; time++) {
      const round = await askedRound(talk, ['tool']);
      const id = first(round.approvalIds);
      const attempts = [decide(talk, id, one, 'ada'), decide(talk, id, other, 'bob')];
      expect((await Promise.all(attempts.map(wordOf))).sort()).toEqual(['approval_decided', 'ok']);
      const { decided_by, state } = await readApproval(talk.database, talk.tenantId, id);
      const refused = (await Promise.allSettled(attempts)).find((result) => result.status === 'rejected');
      expect(refused).toMatchObject({ reason: { details: { approval_id: id, state, decided_by } } });
    }
  });

  test('a decision is made once when its reply was lost and it is sent again', async () => {
    const round = await askedRound(talk, ['tool', 'tool']);
    const id = first(round.approvalIds);
    await decide(talk, id, 'reject');
    expect(await wordOf(decide(talk, id, 'reject'))).toBe('approval_decided');
    const rows = await sql('SELECT pending_tool_calls, pending_approvals FROM runs WHERE id = $1', [round.runId]);
    expect(rows).toEqual([{ pending_tool_calls: 1, pending_approvals: 1 }]);
  });
});

describe('a decision and the end of its run', () => {
  test.each(['approve', 'reject'] as const)('a cancel that races "%s" leaves nothing open', async (verb) => {
    for (let time = 0; time < 8; time++) {
      const round = await askedRound(talk, ['tool', 'tool']);
      const [id = '', other = ''] = round.approvalIds;
      const [decided] = await Promise.all([
        wordOf(decide(talk, id, verb)),
        cancelRun(talk.database, talk.tenantId, round.runId),
      ]);
      expect(await read(round.runId)).toMatchObject({ status: 'cancelled', wait_kind: null });
      expect(await stateOf(id)).toBe(
        decided === 'ok' ? { approve: 'approved', reject: 'rejected' }[verb] : 'cancelled',
      );
      expect(await stateOf(other)).toBe('cancelled');
      const open = (await callStates(round)).filter((state) => state === 'awaiting' || state === 'prepared');
      expect(open).toEqual([]);
      expect(await wordOf(decide(talk, other, verb))).toBe('approval_decided');
    }
  });

  test('approvals that an end overlooked are closed', async () => {
    const round = await askedRound(talk, ['tool']);
    const id = first(round.approvalIds);
    await endParkedRun(talk.database, round.runId, 'cancelled', null);
    await sql(`UPDATE approvals SET state = 'pending', decided_at = NULL WHERE id = $1`, [id]);
    await sql(`UPDATE tool_calls SET state = 'awaiting', finished_at = NULL WHERE run_id = $1`, [round.runId]);
    expect(await wordOf(decide(talk, id, 'approve'))).toBe('approval_decided');
    await sql(`UPDATE runs SET finished_at = now() - interval '1 minute' WHERE id = $1`, [round.runId]);
    await closeAbandonedApprovals(talk.database);
    expect(await stateOf(id)).toBe('cancelled');
    expect(await callStates(round)).toEqual(['cancelled']);
  });
});

describe('an approval that nobody decides in time', () => {
  test.each([
    ['approve', { status: 'waiting', wait_kind: 'tool' }, 'prepared'],
    ['reject', { status: 'queued', wait_kind: null }, 'failed'],
    ['fail', { status: 'failed', stop_reason: 'approval_expired', error: { code: 'approval_expired' } }, 'failed'],
  ] as const)('ends as its policy says: %s', async (on_expiry, run, call) => {
    const round = await askedRound(talk, ['tool'], { on_expiry });
    const id = first(round.approvalIds);
    expect(await expire(talk, id)).toBeUndefined();
    await overdue([id]);
    expect(await findOverdueApprovals(talk.database, 1_000)).toContain(id);
    expect(await wordOf(decide(talk, id, 'approve'))).toBe('approval_decided');
    expect(await expire(talk, id)).toMatchObject({ approval: { state: 'expired', decided_by: null } });
    expect(await expire(talk, id)).toBeUndefined();
    expect(await read(round.runId)).toMatchObject(run);
    expect(await callStates(round)).toEqual([call]);
    expect(await findOverdueApprovals(talk.database, 1_000)).not.toContain(id);
  });

  test('cannot be decided from then on, though no worker has looked yet', async () => {
    const round = await askedRound(talk, ['tool']);
    const id = first(round.approvalIds);
    await overdue([id]);
    expect(await wordOf(decide(talk, id, 'approve'))).toBe('approval_decided');
    expect(await stateOf(id)).toBe('pending');
  });

  test('fails its run with everything else that waits', async () => {
    const round = await askedRound(talk, ['tool', 'run', 'input'], { on_expiry: 'fail' });
    const [id = '', other = ''] = round.approvalIds;
    await overdue([id]);
    const expired = await expire(talk, id);
    expect(expired?.events.map(({ event }) => event.type)).toEqual([
      'approval.decided',
      'tool_call.completed',
      'run.failed',
    ]);
    expect(await stateOf(other)).toBe('cancelled');
    expect(await callStates(round)).toEqual(['failed', 'cancelled', 'cancelled']);
  });

  test('is expired once by many, or decided by the one who came before', async () => {
    for (let time = 0; time < 5; time++) {
      const round = await askedRound(talk, ['tool'], { expiresInMs: 60 });
      const id = first(round.approvalIds);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const decided = wordOf(decide(talk, id, 'reject'));
      const end = Date.now() + 20_000;
      let expirations = 0;
      while ((await stateOf(id)) === 'pending' && Date.now() < end) {
        const attempts = await Promise.all([1, 2, 3].map(() => expire(talk, id)));
        expirations += attempts.filter(Boolean).length;
      }
      expect([await decided, await stateOf(id), expirations]).toEqual(
        (await decided) === 'ok' ? ['ok', 'rejected', 0] : ['approval_decided', 'expired', 1],
      );
      expect(await read(round.runId)).toMatchObject({ status: 'queued' });
    }
  });
});

describe('the deadline of a run', () => {
  const deadlineOf = async (runId: string) => Date.parse((await read(runId)).deadline_at);
  /** As if so many seconds had passed since the run began to wait. */
  const pass = (runId: string, seconds: number) =>
    sql(
      `UPDATE runs SET deadline_at = deadline_at - make_interval(secs => $2),
        awaiting_since = awaiting_since - make_interval(secs => $2),
        paused_at = paused_at - make_interval(secs => $2) WHERE id = $1`,
      [runId, seconds],
    );

  test('stands still while it waits for people', async () => {
    const round = await askedRound(talk, ['tool']);
    const before = await deadlineOf(round.runId);
    await pass(round.runId, 5_000);
    expect(await findOverdueRuns(talk.database, 1_000)).not.toContain(round.runId);
    await decide(talk, first(round.approvalIds), 'approve');
    expect(Math.abs((await deadlineOf(round.runId)) - before)).toBeLessThan(20_000);
    expect(await findOverdueRuns(talk.database, 1_000)).not.toContain(round.runId);
    await pass(round.runId, 5_000);
    expect(await findOverdueRuns(talk.database, 1_000)).toContain(round.runId);
  });

  test('runs while a tool of the round is at work', async () => {
    const round = await askedRound(talk, ['tool', 'run']);
    await pass(round.runId, 5_000);
    expect(await findOverdueRuns(talk.database, 1_000)).toContain(round.runId);
  });

  test.each(['resume first', 'decide first'])('counts time once that it rested and waited in (%s)', async (order) => {
    const round = await askedRound(talk, ['tool']);
    const before = await deadlineOf(round.runId);
    await pass(round.runId, 1_000);
    await pauseRun(talk.database, talk.tenantId, round.runId);
    await pass(round.runId, 1_000);
    if (order === 'resume first') await resumeRun(talk.database, talk.tenantId, round.runId);
    await decide(talk, first(round.approvalIds), 'approve');
    if (order === 'decide first') await resumeRun(talk.database, talk.tenantId, round.runId);
    expect(Math.abs((await deadlineOf(round.runId)) - before)).toBeLessThan(20_000);
  });
});

describe('a run whose agent called another that asks', () => {
  /** The run at the top waits for one call, whose run waits for a person. */
  async function nested(): Promise<{ top: string; round: Round }> {
    const { runId: top } = await talk.send('Hello');
    await talk.callTool(await talk.claim(top), 'idempotent');
    const [call] = await sql<{ id: string }>('SELECT id FROM tool_calls WHERE run_id = $1', [top]);
    const sent = await dispatchToolCall(talk.database, call?.id ?? '', 60);
    const [agent] = await sql<{ id: string }>('SELECT id FROM agents WHERE tenant_id = $1', [talk.tenantId]);
    const delegate = { agent_id: agent?.id ?? '', agent: 'a', agent_version: 1, model: 'demo/demo' };
    const subrun = { toolCallId: sent?.id ?? '', dispatches: sent?.dispatches ?? 0, delegate };
    const started = await startSubrun(talk.database, { ...subrun, content: [{ type: 'text', text: 'Pay.' }] });
    const run = await talk.claim(started?.runId ?? '');
    const { rows } = roundOf(run, ['tool']);
    const { approvals } = rows;
    const events = approvals.map(
      ({ id, on_expiry: _, ...shown }): RunEventBody => ({
        type: 'approval.requested',
        data: { approval_id: id, ...shown },
      }),
    );
    await commitRound(talk, run, rows, events);
    return {
      top,
      round: {
        runId: run.id,
        threadId: run.threadId,
        callIds: rows.toolCalls.map(({ id }) => id),
        approvalIds: approvals.map(({ id }) => id),
      },
    };
  }

  test('shows what it waits for, and tells its readers', async () => {
    const { top, round } = await nested();
    const id = first(round.approvalIds);
    expect(await readRun(talk.database, talk.tenantId, top)).toMatchObject({
      run: { status: 'waiting', wait_kind: 'tool' },
      approvals: [{ id, run_id: round.runId, root_run_id: top }],
    });
    await decide(talk, id, 'reject');
    const [page] = await new PostgresEventArchive(talk.database).read([{ runId: top, after: { attempt: 0, n: 0 } }]);
    const told = page?.events.filter(({ type }) => type.startsWith('approval.'));
    expect(told?.map(({ type, data }) => [type, data])).toMatchObject([
      ['approval.requested', { approval_id: id, run_id: round.runId }],
      ['approval.decided', { approval_id: id, run_id: round.runId, state: 'rejected' }],
    ]);
    expect((await readRun(talk.database, talk.tenantId, top)).approvals).toBeUndefined();
  });

  test('stands still with it', async () => {
    const { top, round } = await nested();
    const before = Date.parse((await read(top)).deadline_at);
    for (const id of [top, round.runId]) {
      await sql(
        `UPDATE runs SET deadline_at = deadline_at - interval '5000 seconds',
          awaiting_since = awaiting_since - interval '5000 seconds' WHERE id = $1`,
        [id],
      );
    }
    const overdueRuns = () => findOverdueRuns(talk.database, 1_000);
    expect(await overdueRuns()).not.toEqual(expect.arrayContaining([top]));
    await decide(talk, first(round.approvalIds), 'approve');
    expect(Math.abs(Date.parse((await read(top)).deadline_at) - before)).toBeLessThan(20_000);
    await sql(`UPDATE runs SET deadline_at = now() - interval '1 second' WHERE id = $1`, [top]);
    expect(await overdueRuns()).toContain(top);
  });
});

describe('a paused run', () => {
  test('may be decided on, and sends nothing until it is resumed', async () => {
    const round = await askedRound(talk, ['tool', 'tool']);
    const [id = '', other = ''] = round.approvalIds;
    await pauseRun(talk.database, talk.tenantId, round.runId);
    await decide(talk, id, 'approve');
    await decide(talk, other, 'reject');
    expect(await dispatchToolCall(talk.database, first(round.callIds), 60)).toBeUndefined();
    const resumed = await resumeRun(talk.database, talk.tenantId, round.runId);
    expect(resumed?.toolCalls.ids).toEqual([first(round.callIds)]);
    expect(await runCall(first(round.callIds))).toMatchObject({ resume: { step: 2 } });
  });

  test('whose last call is rejected is not taken until it is resumed', async () => {
    const round = await askedRound(talk, ['tool']);
    await pauseRun(talk.database, talk.tenantId, round.runId);
    await decide(talk, first(round.approvalIds), 'reject');
    expect(await claimRun(talk.database, round.runId, 'w', 60)).toBeUndefined();
    await resumeRun(talk.database, talk.tenantId, round.runId);
    expect(await claimRun(talk.database, round.runId, 'w', 60)).toBeDefined();
  });
});

describe('the commit of a round', () => {
  test('whose reply was lost is found again, and stores its approvals once', async () => {
    const { runId } = await talk.send('Hello');
    const run = await talk.claim(runId);
    const { rows } = roundOf(run, ['tool', 'input']);
    expect(await commitRound(talk, run, rows)).toBeDefined();
    expect(await commitRound(talk, run, rows)).toBeUndefined();
    expect(await readCommit(talk.database, runId, run.attempt)).toBeDefined();
    expect((await readRun(talk.database, talk.tenantId, runId)).approvals).toHaveLength(2);
  });

  test('of an attempt that lost its run stores none', async () => {
    const { runId } = await talk.send('Hello');
    const run = await talk.claim(runId);
    await sql(`UPDATE runs SET lease_until = now() - interval '1 second' WHERE id = $1`, [runId]);
    await talk.claim(runId);
    expect(await commitRound(talk, run, roundOf(run, ['tool']).rows)).toBeUndefined();
    expect(await sql('SELECT id FROM approvals WHERE run_id = $1', [runId])).toEqual([]);
  });

  test('reads messages that were given to the run, too', async () => {
    const { runId, threadId } = await talk.send('Hello');
    await talk.claim(runId);
    await talk.send('And this', threadId, 'steer');
    await sql(`UPDATE runs SET lease_until = now() - interval '1 second' WHERE id = $1`, [runId]);
    const run = await talk.claim(runId);
    expect(run.received).toHaveLength(1);
    await commitRound(talk, run, roundOf(run, ['tool']).rows);
    expect(await sql('SELECT steering FROM runs WHERE id = $1', [runId])).toEqual([{ steering: [] }]);
  });
});

describe('the inbox', () => {
  const all = { state: null, kind: null, userId: null, agent: null, threadId: null, runId: null } as const;
  const page = { before: null, limit: 100 };

  test('is filtered, newest first, and holds nothing of other tenants', async () => {
    const round = await askedRound(talk, ['tool', 'input']);
    const [pay = '', ask = ''] = round.approvalIds;
    await decide(talk, pay, 'approve');
    const { tenantId } = talk;
    const ids = async (filter: Partial<ApprovalFilter>) =>
      (await listApprovals(talk.database, { ...all, tenantId, ...filter }, page)).map(({ id }) => id);
    expect(await ids({ runId: round.runId })).toEqual([ask, pay]);
    expect(await ids({ runId: round.runId, state: 'pending' })).toEqual([ask]);
    expect(await ids({ threadId: round.threadId, kind: 'tool' })).toEqual([pay]);
    expect((await ids({ state: 'pending', agent: 'a' })).at(0)).toBe(ask);
    expect(await ids({ agent: 'b' })).toEqual([]);
    expect(await ids({ userId: 'ada' })).toEqual([]);
    const other = await ensureTenant(talk.database, newId());
    expect(await ids({ tenantId: other })).toEqual([]);
    expect(await wordOf(readApproval(talk.database, other, pay))).toBe('approval_not_found');
    const attempt = decideApproval(talk.database, {
      tenantId: other,
      approvalId: ask,
      state: 'rejected',
      outcome: null,
      decidedBy: null,
      call: { do: 'complete', status: 'failed', result: 'no' },
    });
    expect(await wordOf(attempt)).toBe('approval_not_found');
    expect(await stateOf(ask)).toBe('pending');
  });
});

test('a sticky decision is found for its run or its thread, the latest first', async () => {
  const round = await askedRound(talk, ['tool', 'tool']);
  const run = { id: round.runId, threadId: round.threadId, agent: 'a' };
  const [one = '', other = ''] = round.approvalIds;
  const stick = (approvalId: string, sticky: 'run' | 'thread', verb: 'approved' | 'rejected') =>
    decideApproval(talk.database, {
      tenantId: talk.tenantId,
      approvalId,
      state: verb,
      outcome: { sticky },
      decidedBy: null,
      call: { do: 'complete', status: 'failed', result: 'no' },
    });
  await stick(one, 'run', 'approved');
  expect(await readStickyDecisions(talk.database, run, ['pay'])).toMatchObject([{ name: 'pay', approved: true }]);
  expect(await readStickyDecisions(talk.database, run, ['mail'])).toEqual([]);
  expect(await readStickyDecisions(talk.database, { ...run, agent: 'b' }, ['pay'])).toEqual([]);
  expect(await readStickyDecisions(talk.database, { ...run, id: newId() }, ['pay'])).toEqual([]);
  await stick(other, 'thread', 'rejected');
  expect(await readStickyDecisions(talk.database, run, ['pay'])).toMatchObject([{ approved: false }]);
  expect(await readStickyDecisions(talk.database, { ...run, id: newId() }, ['pay'])).toMatchObject([
    { approved: false },
  ]);
});
