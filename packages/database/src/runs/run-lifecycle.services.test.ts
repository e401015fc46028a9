import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type EventId, newId, type RunEvent, type RunEventBody, TroupeError } from '@troupe/contracts';
import { createTestDatabase, type TestDatabase } from '@troupe/testing';
import { Database } from '../database.js';
import { appendEvents } from '../events/append-events.js';
import { PostgresEventArchive } from '../events/read-events.js';
import { ensureTenant } from '../tenants/ensure-tenant.js';
import { completeToolCall } from '../tool-calls/complete-tool-call.js';
import { dispatchToolCall, findDueToolCalls } from '../tool-calls/dispatch-tool-call.js';
import { acceptRun } from './accept-run.js';
import type { AcceptRunInput } from './accept-run-input.js';
import { cancelRun } from './cancel-run.js';
import { type ClaimedRun, claimRun } from './claim-run.js';
import { commitStep } from './commit-step.js';
import { type CommittedRows, commitOf } from './double-texting.test-harness.js';
import { findDueRuns } from './find-due-runs.js';
import { readRun } from './read-run.js';
import { renewLeases } from './renew-leases.js';
import type { NewMessage, NextState, StepCommit } from './step-commit.js';

const CONFIGURATION = {
  name: 'Cherry',
  definition: { role: 'You keep company.' },
  tools: [],
  memory: { type: 'last_n', n: 20 },
  max_turns: 10,
};

/** Of a tool call. */
const LEASE_SECONDS = 30;

let server: TestDatabase;
let database: Database;
let tenantId: string;

beforeAll(async () => {
  server = await createTestDatabase();
  database = await Database.connect({
    url: server.url,
    poolSize: 10,
    applicationName: 'test',
    onConnectionError: () => undefined,
  });
  await database.migrate();
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

beforeEach(async () => {
  tenantId = await ensureTenant(database, newId());
  const agentId = newId();
  await database.dataSource.query('INSERT INTO agents (id, tenant_id, slug, version) VALUES ($1, $2, $3, 1)', [
    agentId,
    tenantId,
    'cherry',
  ]);
  await database.dataSource.query(
    `INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit) VALUES ($1, 1, $2, $3, 41)`,
    [agentId, tenantId, JSON.stringify(CONFIGURATION)],
  );
});

function input(changes: Partial<AcceptRunInput> = {}): AcceptRunInput {
  return {
    runId: newId(),
    tenantId,
    userId: null,
    thread: { type: 'new' },
    agent: 'cherry',
    defaultAgent: 'assistant',
    model: null,
    defaultModel: 'demo/demo',
    content: [{ type: 'text', text: 'Hello' }],
    deadlineSeconds: 900,
    idempotency: null,
    ...changes,
  };
}

async function claimed(changes: Partial<AcceptRunInput> = {}): Promise<ClaimedRun> {
  const { runId } = await acceptRun(database, input(changes));
  const run = await claimRun(database, runId, 'worker', 15);
  if (!run) throw new Error('The run could not be claimed.');
  return run;
}

function message(parent: string, role: NewMessage['role'], text: string): NewMessage {
  return { id: newId(), parent_id: parent, role, content: [{ type: 'text', text }], model: null };
}

function commit(run: ClaimedRun, next: NextState, changes: CommittedRows = {}): StepCommit {
  const finished = next.status === 'completed' || next.status === 'waiting';
  return commitOf({ ...run, runId: run.id }, next, { steps: finished ? 1 : 0, ...changes });
}

function complete(run: ClaimedRun, text = 'Hi!'): StepCommit {
  const answer = message(run.headMessageId, 'assistant', text);
  return commit(
    run,
    { status: 'completed', stopReason: 'end_turn', outputMessageId: answer.id },
    { messages: [answer] },
  );
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof TroupeError ? error.code : String(error)),
  );
}

/** Ends a lease as the database's clock sees it. */
async function endLease(runId: string): Promise<void> {
  await database.dataSource.query(`UPDATE runs SET lease_until = now() - interval '1 second' WHERE id = $1`, [runId]);
}

async function eventsAfter(runId: string, after: EventId): Promise<RunEvent[]> {
  const [page] = await new PostgresEventArchive(database).read([{ runId, after }]);
  return page?.events ?? [];
}

describe('accepting a run', () => {
  test('stores thread, message, run and its first event', async () => {
    const accepted = await acceptRun(database, input({ userId: 'phil', model: 'openai/gpt-4o' }));
    const { run, response } = await readRun(database, tenantId, accepted.runId);
    expect(run).toMatchObject({
      thread_id: accepted.threadId,
      user_id: 'phil',
      agent: 'cherry',
      model: 'openai/gpt-4o',
      status: 'queued',
      attempt: 0,
    });
    expect(response).toBeNull();
    const events = await eventsAfter(run.id, { attempt: 0, n: 0 });
    expect(events).toEqual([
      {
        id: { attempt: 0, n: 1 },
        type: 'run.queued',
        data: { run_id: run.id, thread_id: run.thread_id, agent: 'cherry' },
      },
    ]);
  });

  test('refuses an unknown agent with near matches', async () => {
    await expect(acceptRun(database, input({ agent: 'chery' }))).rejects.toMatchObject({
      code: 'agent_not_found',
      details: { near_matches: ['cherry'] },
    });
  });

  test("refuses an unknown thread, and another tenant's", async () => {
    const other = await acceptRun(database, input());
    const stranger = await ensureTenant(database, newId());
    expect(await codeOf(acceptRun(database, input({ thread: { type: 'id', id: newId() } })))).toBe('thread_not_found');
    const foreign = input({ tenantId: stranger, thread: { type: 'id', id: other.threadId } });
    expect(await codeOf(acceptRun(database, foreign))).toBe('thread_not_found');
  });

  test("another tenant's run is not found, not even to be cancelled", async () => {
    const { runId } = await acceptRun(database, input());
    const stranger = await ensureTenant(database, newId());
    expect(await codeOf(readRun(database, stranger, runId))).toBe('run_not_found');
    expect(await codeOf(cancelRun(database, stranger, runId))).toBe('run_not_found');
    expect((await readRun(database, tenantId, runId)).run.status).toBe('queued');
  });

  test('a thread takes one run at a time, of parallel ones too', async () => {
    const { threadId } = await claimed().then(async (run) => {
      await commitStep(database, complete(run));
      return run;
    });
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => codeOf(acceptRun(database, input({ thread: { type: 'id', id: threadId } })))),
    );
    expect(outcomes.filter((code) => code === 'none')).toHaveLength(1);
    expect(outcomes.filter((code) => code === 'thread_busy')).toHaveLength(7);
  });

  test('an external id names one thread, of parallel first requests too', async () => {
    const thread = { type: 'external_id', externalId: newId() } as const;
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => acceptRun(database, input({ thread })).catch((error: TroupeError) => error.code)),
    );
    expect(outcomes.filter((outcome) => typeof outcome === 'object')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'thread_busy')).toHaveLength(7);
  });

  test('the same idempotency key gives the same run; another body is refused', async () => {
    const idempotency = { endpoint: 'interact', key: newId(), requestHash: 'a' };
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => acceptRun(database, input({ idempotency }))));
    expect(new Set(outcomes.map((outcome) => outcome.runId)).size).toBe(1);
    expect(outcomes.filter((outcome) => !outcome.replayed)).toHaveLength(1);
    const changed = input({ idempotency: { ...idempotency, requestHash: 'b' } });
    expect(await codeOf(acceptRun(database, changed))).toBe('idempotency_key_reused');
  });
});

describe('claiming and committing', () => {
  test('of many claims exactly one holds the run', async () => {
    const { runId } = await acceptRun(database, input());
    const claims = await Promise.all(Array.from({ length: 10 }, (_, i) => claimRun(database, runId, `w${i}`, 15)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test('a follow-up turn sees the conversation, oldest first', async () => {
    const first = await claimed();
    await commitStep(database, complete(first, 'Hi Phil!'));
    const second = await claimed({
      thread: { type: 'id', id: first.threadId },
      content: [{ type: 'text', text: 'What is my name?' }],
    });
    expect(second.history.map(({ role, content }) => [role, content[0]])).toEqual([
      ['user', { type: 'text', text: 'Hello' }],
      ['assistant', { type: 'text', text: 'Hi Phil!' }],
      ['user', { type: 'text', text: 'What is my name?' }],
    ]);
    expect(second).toMatchObject({ step: 0, turn: 0, attempt: 1, claims: 1, firstClaim: true });
  });

  test('a worker whose lease was taken over can commit nothing', async () => {
    const stale = await claimed();
    await endLease(stale.id);
    expect(await findDueRuns(database, { limit: 100, takeOver: true })).toContain(stale.id);
    const fresh = await claimRun(database, stale.id, 'other', 15);
    expect(fresh).toMatchObject({ attempt: 2, claims: 2, crashCount: 1 });
    expect(await commitStep(database, complete(stale))).toBeUndefined();
    expect(await commitStep(database, complete(fresh as ClaimedRun, 'Mine'))).toBeDefined();
    expect(await readRun(database, tenantId, stale.id)).toMatchObject({
      response: 'Mine',
      run: { status: 'completed' },
    });
  });

  test('a commit that races a take-over stores all of its rows or none', async () => {
    for (let round = 0; round < 20; round++) {
      const stale = await claimed();
      await endLease(stale.id);
      const [committed, fresh] = await Promise.all([
        commitStep(database, complete(stale)),
        claimRun(database, stale.id, 'other', 15),
      ]);
      expect(Boolean(committed) !== Boolean(fresh)).toBe(true);
      const messages = await database.dataSource.query(
        `SELECT count(*)::int AS n FROM messages WHERE run_id = $1 AND role = 'assistant'`,
        [stale.id],
      );
      expect(messages[0].n).toBe(committed ? 1 : 0);
    }
  });

  test('committing twice stores once', async () => {
    const run = await claimed();
    const once = complete(run);
    expect(await commitStep(database, once)).toBeDefined();
    expect(await commitStep(database, once)).toBeUndefined();
  });

  test('renewing keeps what is held and tells what is lost or to be cancelled', async () => {
    const kept = await claimed();
    const lost = await claimed();
    const cancelled = await claimed();
    await endLease(lost.id);
    await claimRun(database, lost.id, 'other', 15);
    expect(await cancelRun(database, tenantId, cancelled.id)).toEqual({ status: 'running', event: null });
    const renewed = await renewLeases(
      database,
      [kept, lost, cancelled].map((run) => ({ runId: run.id, attempt: run.attempt })),
      15,
    );
    expect(renewed).toHaveLength(2);
    expect(renewed).toContainEqual({ runId: kept.id, attempt: 1, cancelRequested: false });
    expect(renewed).toContainEqual({ runId: cancelled.id, attempt: 1, cancelRequested: true });
  });

  test('a retry keeps the step and withdraws to the last committed event', async () => {
    const run = await claimed();
    const events: RunEventBody[] = [{ type: 'text.delta', data: { delta: 'Hal' } }];
    const retry = commit(run, { status: 'queued', wakeInMs: 0, because: 'retry' }, { events });
    expect(await commitStep(database, retry)).toMatchObject({ step: 0, dispatch: 2 });
    const again = await claimRun(database, run.id, 'worker', 15);
    expect(again).toMatchObject({ step: 0, attempt: 2, claims: 2, retryCount: 1, lastEvent: { attempt: 0, n: 1 } });
  });
});

describe('events', () => {
  test('come back in order from the cursor, whatever the batches were', async () => {
    const run = await claimed();
    const delta = (text: string): RunEventBody => ({ type: 'text.delta', data: { delta: text } });
    await appendEvents(database, [{ runId: run.id, attempt: 1, firstN: 1, events: [delta('a'), delta('b')] }]);
    const tail = { events: [delta('c')], firstEvent: 3 };
    await commitStep(database, { ...complete(run), ...tail });
    const read = await eventsAfter(run.id, { attempt: 1, n: 1 });
    expect(read.map(({ id, data }) => [id.n, data])).toEqual([
      [2, { delta: 'b' }],
      [3, { delta: 'c' }],
    ]);
  });

  test('whose storing went through though its reply was lost are stored again with those after them', async () => {
    const run = await claimed();
    const delta = (text: string): RunEventBody => ({ type: 'text.delta', data: { delta: text } });
    const batch = (events: RunEventBody[]) => [{ runId: run.id, attempt: 1, firstN: 1, events }];
    await appendEvents(database, batch([delta('a')]));
    await appendEvents(database, batch([delta('a'), delta('b')]));
    expect((await eventsAfter(run.id, { attempt: 1, n: 0 })).map(({ id }) => id.n)).toEqual([1, 2]);
    await commitStep(database, { ...complete(run), events: [delta('a'), delta('b'), delta('c')], firstEvent: 1 });
    const read = await eventsAfter(run.id, { attempt: 1, n: 0 });
    expect(read.map(({ id, data }) => [id.n, data])).toEqual([
      [1, { delta: 'a' }],
      [2, { delta: 'b' }],
      [3, { delta: 'c' }],
    ]);
  });

  test('that were stored are not replaced by a late copy of a part of them', async () => {
    const run = await claimed();
    const delta = (text: string): RunEventBody => ({ type: 'text.delta', data: { delta: text } });
    const batch = (events: RunEventBody[]) => [{ runId: run.id, attempt: 1, firstN: 1, events }];
    await appendEvents(database, batch([delta('a'), delta('b')]));
    await appendEvents(database, batch([delta('a')]));
    expect((await eventsAfter(run.id, { attempt: 1, n: 0 })).map(({ id }) => id.n)).toEqual([1, 2]);
  });

  test('an attempt that lost its run stores none', async () => {
    const run = await claimed();
    await endLease(run.id);
    await claimRun(database, run.id, 'other', 15);
    const late: RunEventBody = { type: 'text.delta', data: { delta: 'late' } };
    await appendEvents(database, [{ runId: run.id, attempt: 1, firstN: 1, events: [late] }]);
    expect(await eventsAfter(run.id, { attempt: 0, n: 1 })).toEqual([]);
  });
});

describe('tool calls', () => {
  async function waitingForTools(count: number) {
    const run = await claimed();
    const answer = message(run.headMessageId, 'assistant', '');
    const messages = [answer];
    const toolCalls = Array.from({ length: count }, (_, index) => {
      const placeholder = message(messages.at(-1)?.id ?? answer.id, 'tool', '');
      messages.push(placeholder);
      return {
        id: newId(),
        message_id: placeholder.id,
        step: 1,
        index,
        call_id: `call_${index}`,
        name: 'calculate',
        arguments: {},
        effect: 'read' as const,
      };
    });
    const next: NextState = { status: 'waiting', waitKind: 'tool', pendingToolCalls: count };
    await commitStep(database, commit(run, next, { messages, toolCalls }));
    return { run, toolCalls };
  }

  test('of parallel finishers exactly one resumes the run', async () => {
    for (let round = 0; round < 20; round++) {
      const { run, toolCalls } = await waitingForTools(4);
      const outcomes = await Promise.all(
        toolCalls.map(async ({ id }) => {
          const sent = await dispatchToolCall(database, id, LEASE_SECONDS);
          if (!sent) throw new Error('The call could not be sent.');
          return completeToolCall(database, {
            toolCallId: id,
            dispatches: sent.dispatches,
            state: 'completed',
            result: id,
          });
        }),
      );
      expect(outcomes.filter((outcome) => outcome?.resume)).toHaveLength(1);
      expect(outcomes.map((outcome) => outcome?.events[0]?.id.n).sort()).toEqual([1, 2, 3, 4]);
      const next = await claimRun(database, run.id, 'worker', 15);
      expect(next).toMatchObject({ step: 2, turn: 1, attempt: 2 });
      const results = next?.history.filter((entry) => entry.role === 'tool').map((entry) => entry.content[0]);
      expect(results).toEqual(
        toolCalls.map(({ id, call_id }) => ({
          type: 'tool_result',
          tool_call_id: call_id,
          name: 'calculate',
          status: 'completed',
          content: id,
        })),
      );
    }
  });

  test('a call is sent once and its result stored once', async () => {
    const { toolCalls } = await waitingForTools(1);
    const id = toolCalls[0]?.id ?? '';
    const sends = await Promise.all(Array.from({ length: 6 }, () => dispatchToolCall(database, id, LEASE_SECONDS)));
    expect(sends.filter(Boolean)).toHaveLength(1);
    const outcome = { toolCallId: id, dispatches: 1, state: 'completed', result: '4' } as const;
    expect(await completeToolCall(database, outcome)).toBeDefined();
    expect(await completeToolCall(database, outcome)).toBeUndefined();
  });

  test('a call that was sent is due again when its lease is over, and only the last send counts', async () => {
    const { toolCalls } = await waitingForTools(2);
    const [held = '', lost = ''] = toolCalls.map(({ id }) => id);
    await dispatchToolCall(database, held, LEASE_SECONDS);
    await dispatchToolCall(database, lost, 0);

    const due = (await findDueToolCalls(database, 1_000)).filter(({ id }) => id === held || id === lost);
    expect(due).toEqual([{ id: lost, dispatches: 1, todo: 'send' }]);
    expect(await dispatchToolCall(database, held, LEASE_SECONDS)).toBeUndefined();
    expect(await dispatchToolCall(database, lost, LEASE_SECONDS)).toMatchObject({ dispatches: 2 });
    const outcome = { toolCallId: lost, state: 'completed', result: '4' } as const;
    expect(await completeToolCall(database, { ...outcome, dispatches: 1 })).toBeUndefined();
    expect(await completeToolCall(database, { ...outcome, dispatches: 2 })).toBeDefined();
  });
});

describe('cancelling', () => {
  test('ends a queued run at once, with an event after every other', async () => {
    const { runId } = await acceptRun(database, input());
    expect(await cancelRun(database, tenantId, runId)).toEqual({ status: 'cancelled', event: { attempt: 1, n: 1 } });
    expect(await claimRun(database, runId, 'worker', 15)).toBeUndefined();
    const events = await eventsAfter(runId, { attempt: 0, n: 1 });
    expect(events.map((event) => event.type)).toEqual(['run.cancelled']);
    expect(await cancelRun(database, tenantId, runId)).toEqual({ status: 'cancelled', event: null });
  });

  test('races a completion into one terminal state', async () => {
    for (let round = 0; round < 20; round++) {
      const run = await claimed();
      const [, committed] = await Promise.all([
        cancelRun(database, tenantId, run.id),
        commitStep(database, complete(run)),
      ]);
      expect(committed).toBeDefined();
      expect((await readRun(database, tenantId, run.id)).run.status).toBe('completed');
    }
  });

  test('an unknown run is not found', async () => {
    expect(await codeOf(cancelRun(database, tenantId, newId()))).toBe('run_not_found');
  });
});

test('the entities have the columns that the migrations make', async () => {
  const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log();
  // Constraints and indexes are written in the migrations only, so the ORM would drop them.
  const rules = /^(ALTER TABLE "\w+" DROP CONSTRAINT|DROP INDEX) /;
  expect(upQueries.map(({ query }) => query).filter((query) => !rules.test(query))).toEqual([]);
});
