import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type EventId, LOG_START, newId, type RunEventBody, type RunStatus } from '@troupe/contracts';
import type { RunLogPage } from '@troupe/spec';
import { createTestDatabase, type TestDatabase } from '@troupe/testing';
import { Database } from '../database.js';
import { ensureTenant } from '../tenants/ensure-tenant.js';
import { EventRetention } from './event-retention.js';
import { PostgresEventArchive } from './read-events.js';
import { packEvents } from './stored-events.js';

let server: TestDatabase;
let database: Database;
let archive: PostgresEventArchive;
let tenantId: string;

beforeAll(async () => {
  server = await createTestDatabase();
  const onConnectionError = () => undefined;
  database = await Database.connect({ url: server.url, poolSize: 4, applicationName: 'test', onConnectionError });
  await database.migrate();
  archive = new PostgresEventArchive(database);
  tenantId = await ensureTenant(database, newId());
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

const text = (delta: string): RunEventBody => ({ type: 'text.delta', data: { delta } });

interface RunInput {
  id?: string;
  status?: RunStatus;
  /** Hours since it ended. */
  endedAgo?: number;
  lastEvent?: EventId;
  output?: string;
}

/** A run as a commit would have left it. */
async function storeRun({ id = newId(), status = 'completed', endedAgo = 0, ...rest }: RunInput = {}): Promise<string> {
  const ended = status !== 'queued';
  const output = rest.output === undefined ? null : newId();
  const last = rest.lastEvent ?? { attempt: 1, n: 3 };
  const threadId = newId();
  await database.dataSource.query('INSERT INTO threads (id, tenant_id) VALUES ($1, $2)', [threadId, tenantId]);
  await database.dataSource.query(
    `INSERT INTO runs (id, tenant_id, thread_id, agent_id, agent_version, agent, model, status, stop_reason,
      deadline_at, input_message_id, head_message_id, output_message_id, event_attempt, event_n, created_at, finished_at)
    VALUES ($1, $2, $3, $4, 1, 'cherry', 'demo/demo', $5, $6, now(), $4, $4, $7, $8, $9,
      now() - make_interval(hours => $10), CASE WHEN $11 THEN now() - make_interval(hours => $10) END)`,
    [
      id,
      tenantId,
      threadId,
      newId(),
      status,
      status === 'completed' ? 'end_turn' : null,
      output,
      last.attempt,
      last.n,
      endedAgo,
      ended,
    ],
  );
  if (output) {
    await database.dataSource.query(
      `INSERT INTO messages (id, tenant_id, thread_id, role, content) VALUES ($1, $2, $3, 'assistant', $4)`,
      [output, tenantId, threadId, JSON.stringify([{ type: 'text', text: rest.output }])],
    );
  }
  return id;
}

async function storeBatch(runId: string, first: EventId, events: RunEventBody[]): Promise<void> {
  await database.dataSource.query(
    'INSERT INTO run_events (run_id, attempt, n, first_n, events) VALUES ($1, $2, $3, $4, $5)',
    [runId, first.attempt, first.n + events.length - 1, first.n, JSON.stringify(packEvents(events))],
  );
}

async function pageAfter(runId: string, after: EventId = LOG_START): Promise<RunLogPage> {
  const [page] = await archive.read([{ runId, after }]);
  if (!page) throw new Error('The archive gave no page.');
  return page;
}

const idsOf = (page: RunLogPage) => page.events.map(({ id }) => `${id.attempt}-${id.n}`);

describe('reading logs', () => {
  test('each cursor gets its page, also of runs that are not stored', async () => {
    const run = await storeRun({ status: 'queued' });
    await storeBatch(run, { attempt: 0, n: 1 }, [text('a')]);
    await storeBatch(run, { attempt: 1, n: 1 }, [text('b'), text('c'), text('d')]);
    const after = (runId: string, attempt: number, n: number) => ({ runId, after: { attempt, n } });
    const pages = await archive.read([
      after(run, 0, 0),
      after(newId(), 0, 0),
      after(run, 1, 2),
      after(run, 1, 3),
      after(run, 9, 9),
      after(run, 0, 1),
    ]);
    expect(pages.map(idsOf)).toEqual([['0-1', '1-1', '1-2', '1-3'], [], ['1-3'], [], [], ['1-1', '1-2', '1-3']]);
    expect(pages.every(({ more, ended }) => !more && !ended)).toBe(true);
  });

  test('a long log comes in pages of bounded size, without a gap', async () => {
    const run = await storeRun({ status: 'queued' });
    const batches = 450;
    await database.dataSource.query(
      `INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT $1, 1, i * 2, i * 2 - 1, jsonb_build_array(jsonb_build_object('type', 'text.delta', 'deltas',
        jsonb_build_array(i, CASE WHEN i % 100 = 0
          THEN (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 1500)) ELSE 'x' END)))
      FROM generate_series(1, $2::int) AS i`,
      [run, batches],
    );
    const ids: string[] = [];
    let pages = 0;
    let largest = 0;
    for (let after = LOG_START, more = true; more; pages += 1) {
      const page = await pageAfter(run, after);
      largest = Math.max(largest, JSON.stringify(page.events).length);
      ids.push(...idsOf(page));
      after = page.events.at(-1)?.id ?? after;
      more = page.more;
    }
    expect(ids).toEqual(Array.from({ length: batches * 2 }, (_, index) => `1-${index + 1}`));
    expect(pages).toBeGreaterThan(4);
    expect(largest).toBeLessThan(150_000);
  });

  test('tells that a run has ended, and that nothing comes after the last event', async () => {
    const run = await storeRun({ lastEvent: { attempt: 1, n: 1 } });
    await storeBatch(run, { attempt: 1, n: 1 }, [{ type: 'run.cancelled', data: { run_id: run } }]);
    expect(await pageAfter(run)).toMatchObject({ events: [{ type: 'run.cancelled' }], more: false, ended: true });
    expect(await pageAfter(run, { attempt: 1, n: 1 })).toEqual({ events: [], more: false, ended: true });
    expect(await pageAfter(run, { attempt: 8, n: 8 })).toEqual({ events: [], more: false, ended: true });
  });
});

describe('removing old events', () => {
  beforeEach(() => database.dataSource.query('DELETE FROM run_events'));

  const retention = () => new EventRetention({ database, hours: 24 });

  /** A run with three events, of which one says what became of it. */
  async function storeEnded(input: RunInput): Promise<string> {
    const run = await storeRun(input);
    await storeBatch(run, { attempt: 1, n: 1 }, [text('One '), text('two.')]);
    await storeBatch(run, { attempt: 1, n: 3 }, [{ type: 'run.cancelled', data: { run_id: run } }]);
    return run;
  }

  test('takes those of runs that ended long ago, and no others', async () => {
    const old = await storeEnded({ id: uuidAt(100), endedAgo: 25 });
    const gone = uuidAt(200);
    await storeBatch(gone, { attempt: 1, n: 1 }, [text('Whose run was deleted.')]);
    const recent = await storeEnded({ id: uuidAt(300), endedAgo: 23 });
    const working = await storeRun({ id: uuidAt(400), status: 'queued', endedAgo: 30 });
    await storeBatch(working, { attempt: 1, n: 1 }, [text('Still at it.')]);
    expect(await retention().trim()).toMatchObject({ removed: 2, more: false });
    expect(await retention().trim()).toMatchObject({ removed: 0 });
    const left = await database.dataSource.query<{ run_id: string }[]>(
      'SELECT DISTINCT run_id FROM run_events WHERE run_id = ANY($1) ORDER BY run_id',
      [[old, gone, recent, working]],
    );
    expect(left.map(({ run_id }) => run_id)).toEqual([recent, working]);
  });

  test('goes through many in small batches, and past runs that go on for long', async () => {
    const many = 450;
    for (let index = 0; index < many; index += 1) {
      const id = uuidAt(1_000 + index);
      if (index % 2 === 0) await storeRun({ id, endedAgo: 48 });
      else await storeRun({ id, status: 'queued', endedAgo: 48 });
      await storeBatch(id, { attempt: 1, n: 1 }, [text('x')]);
    }
    const worker = retention();
    let [removed, looks] = [0, 0];
    for (let more = true; more; looks += 1) {
      const trimmed = await worker.trim();
      removed += trimmed.removed;
      more = trimmed.more;
    }
    expect([removed, looks]).toEqual([many / 2, 3]);
  });

  test('workers that do it at once do not wait for each other', async () => {
    await storeEnded({ id: uuidAt(5_000), endedAgo: 25 });
    const looks = await Promise.all(Array.from({ length: 4 }, () => retention().trim()));
    expect(looks.reduce((sum, { removed }) => sum + removed, 0)).toBe(1);
  });

  test('a reader of what was removed gets a snapshot and the last event', async () => {
    const run = await storeEnded({ id: uuidAt(6_000), endedAgo: 25, output: 'One two.' });
    await retention().trim();
    const page = await pageAfter(run, { attempt: 1, n: 1 });
    expect(page).toMatchObject({
      more: false,
      ended: true,
      events: [
        {
          type: 'stream.reset',
          id: { attempt: 1, n: 2 },
          data: {
            run_id: run,
            status: 'completed',
            stop_reason: 'end_turn',
            message_id: expect.any(String),
            response: 'One two.',
            error: null,
            usage: { total_tokens: 0 },
            last_event_id: '1-3',
          },
        },
        { type: 'run.completed', id: { attempt: 1, n: 3 }, data: { run_id: run, stop_reason: 'end_turn' } },
      ],
    });
    expect(await pageAfter(run)).toEqual(page);
  });

  test('a reader who misses the last event only gets that, and one who has it nothing', async () => {
    const run = await storeEnded({ id: uuidAt(7_000), status: 'cancelled', endedAgo: 25 });
    await retention().trim();
    const last = { type: 'run.cancelled', id: { attempt: 1, n: 3 }, data: { run_id: run } };
    expect(await pageAfter(run, { attempt: 1, n: 2 })).toEqual({ events: [last], more: false, ended: true });
    expect(await pageAfter(run, { attempt: 1, n: 3 })).toEqual({ events: [], more: false, ended: true });
  });
});

/** An id of a run that was accepted long ago, in this order; the log of a new run never comes before it. */
function uuidAt(order: number): string {
  return `00000001-0000-7000-8000-${order.toString(16).padStart(12, '0')}`;
}
