import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import { createTestDatabase, startTcpProxy, type TcpProxy, type TestDatabase } from '@troupe/testing';
import { Database } from '../database.js';

const SECOND = { name: 'test-second', text: 'SELECT 1 AS one' };
const SLEEP = { name: 'test-sleep', text: 'SELECT pg_sleep($1)' };
const NOTE = { name: 'test-note', text: 'INSERT INTO notes (text) VALUES ($1)' };
const NOTES = { name: 'test-notes', text: 'SELECT text FROM notes ORDER BY text' };
const FAIL = { name: 'test-fail', text: 'SELECT fail($1)' };

/** Milliseconds; what the server takes itself comes a tenth earlier. */
const STATEMENT_TIMEOUT_MS = 1_000;
/** Connecting takes 5 s at most, and the statement after it. */
const BOUND_MS = 5_000 + STATEMENT_TIMEOUT_MS + 2_000;

let server: TestDatabase;
let proxy: TcpProxy;
let database: Database;
let direct: Database;
let broken: Error[];

beforeAll(async () => {
  server = await createTestDatabase();
  proxy = await startTcpProxy(server.url);
  direct = await connect(server.url);
  await direct.dataSource.query('CREATE TABLE notes (text text)');
  await direct.dataSource.query(
    `CREATE FUNCTION fail(code text) RETURNS void LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = code; END $$`,
  );
});

afterAll(async () => {
  await direct.close();
  await proxy.close();
  await server.drop();
});

beforeEach(async () => {
  broken = [];
  database = await connect(proxy.url);
});

afterEach(async () => {
  proxy.thaw();
  await database.close();
  await direct.dataSource.query('TRUNCATE notes');
});

function connect(url: string, statementTimeoutMs = STATEMENT_TIMEOUT_MS): Promise<Database> {
  return Database.connect({
    url,
    poolSize: 3,
    applicationName: 'test',
    statementTimeoutMs,
    onConnectionError: (error) => broken.push(error),
  });
}

async function failureOf(work: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const startedAt = performance.now();
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - startedAt };
}

const UNAVAILABLE = { code: 'database_unavailable', retryable: true, retryAfterMs: expect.any(Number) };

async function connectionsOf(pattern: string): Promise<number> {
  const [row] = await direct.dataSource.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ~ $1`,
    [pattern],
  );
  return row.count;
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('It did not come true within 20 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a server that says nothing more', () => {
  test('fails a statement in time, closes its connection, and is asked anew when it is back', async () => {
    await database.query(SECOND, []);
    proxy.freeze();
    const { error, ms } = await failureOf(database.query(SECOND, []));
    expect(error).toBeInstanceOf(TroupeError);
    expect(error).toMatchObject(UNAVAILABLE);
    expect(ms).toBeLessThan(BOUND_MS);

    proxy.thaw();
    // What was held back arrives now, on a connection that nobody uses any more.
    expect(await database.query(SECOND, [])).toEqual([{ one: 1 }]);
    expect(await database.query(NOTES, [])).toEqual([]);
  });

  test('fails those who wait for a connection, too, and says that they wait', async () => {
    await Promise.all([1, 2, 3].map(() => database.query(SLEEP, [0.1])));
    expect(database.connectionWaitMs).toBe(0);
    proxy.freeze();
    const all = Promise.all(Array.from({ length: 20 }, () => failureOf(database.query(SECOND, []))));
    await eventually(async () => database.connectionWaitMs > 300);
    const failures = await all;
    expect(failures.map(({ error }) => (error as TroupeError).code)).toEqual(
      failures.map(() => 'database_unavailable'),
    );
    expect(Math.max(...failures.map(({ ms }) => ms))).toBeLessThan(BOUND_MS);
    expect(database.connectionWaitMs).toBe(0);
    proxy.thaw();
    expect(await database.query(SECOND, [])).toEqual([{ one: 1 }]);
  }, 60_000);

  test('fails a transaction at the statement that is not answered; nothing of it is stored', async () => {
    const { error, ms } = await failureOf(
      database.transaction(async (transaction) => {
        await transaction.query(NOTE, ['before']);
        proxy.freeze();
        await transaction.query(NOTE, ['after']);
      }),
    );
    expect(error).toMatchObject(UNAVAILABLE);
    expect(ms).toBeLessThan(BOUND_MS);
    // Postgres does not know that its client has gone, and ends the transaction by itself, so its locks are free.
    await eventually(async () => (await connectionsOf('INSERT INTO notes')) === 0);
    expect(await direct.query(NOTES, [])).toEqual([]);
  });

  test('may have committed what it did not confirm', async () => {
    const work = database.transaction(async (transaction) => {
      await transaction.query(NOTE, ['confirmed to nobody']);
      proxy.freeze('answers');
    });
    expect((await failureOf(work)).error).toMatchObject(UNAVAILABLE);
    expect(await direct.query(NOTES, [])).toEqual([{ text: 'confirmed to nobody' }]);
  });
});

test('a connection that breaks between two statements of a transaction does not end the process', async () => {
  const { error } = await failureOf(
    database.transaction(async (transaction) => {
      await transaction.query(NOTE, ['before']);
      await direct.dataSource.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND state = 'idle in transaction'`,
      );
      await eventually(async () => proxy.connections === 0);
      await transaction.query(NOTE, ['after']);
    }),
  );
  expect(error).toMatchObject(UNAVAILABLE);
  expect(await database.query(NOTES, [])).toEqual([]);
});

describe('a server that answers', () => {
  test('gives up a statement that lasts too long, and keeps the connection', async () => {
    // Long enough that Postgres, a tenth earlier, is first on a busy machine too.
    const patient = await connect(proxy.url, 5 * STATEMENT_TIMEOUT_MS);
    const { error } = await failureOf(patient.query(SLEEP, [30]));
    expect(error).toMatchObject({ ...UNAVAILABLE, message: expect.stringContaining('57014') });
    expect(await connectionsOf('pg_sleep')).toBe(1);
    expect(await patient.query(SECOND, [])).toEqual([{ one: 1 }]);
    expect(broken).toEqual([]);
    await patient.close();
  });

  test.each(['57P01', '57P02', '57P03', '08006', '40001', '40P01', '53300', '53100'])(
    '%s can be tried again, also from within a transaction',
    async (code) => {
      expect((await failureOf(database.query(FAIL, [code]))).error).toMatchObject(UNAVAILABLE);
      const inTransaction = failureOf(database.transaction((transaction) => transaction.query(FAIL, [code])));
      expect((await inTransaction).error).toMatchObject(UNAVAILABLE);
      expect(await database.query(SECOND, [])).toEqual([{ one: 1 }]);
    },
  );

  test.each(['23514', '42703', 'P0001'])('%s stays an error of its own', async (code) => {
    expect((await failureOf(database.query(FAIL, [code]))).error).toMatchObject({ code, message: 'as asked' });
    expect(await database.query(SECOND, [])).toEqual([{ one: 1 }]);
  });
});

describe('atomically', () => {
  test('makes one transaction of everything that is asked of the database, however deep', async () => {
    const told: string[] = [];
    const work = database.atomically(async () => {
      await database.query(NOTE, ['one']);
      await database.transaction((transaction) => transaction.query(NOTE, ['two']));
      await Promise.all([database.query(NOTE, ['three']), database.query(NOTE, ['four'])]);
      database.afterCommit(() => told.push('after'));
      expect(await direct.query(NOTES, [])).toEqual([]);
      expect(told).toEqual([]);
    });
    await work;
    expect(told).toEqual(['after']);
    expect((await database.query<{ text: string }>(NOTES, [])).map(({ text }) => text)).toEqual([
      'four',
      'one',
      'three',
      'two',
    ]);
  });

  test('rolls all of it back, and tells nobody', async () => {
    const told: string[] = [];
    const { error } = await failureOf(
      database.atomically(async () => {
        await database.transaction((transaction) => transaction.query(NOTE, ['one']));
        database.afterCommit(() => told.push('after'));
        throw new Error('no');
      }),
    );
    expect(error).toMatchObject({ message: 'no' });
    expect(told).toEqual([]);
    expect(await database.query(NOTES, [])).toEqual([]);
  });

  test('a transaction inside that fails takes only its own statements back', async () => {
    await database.atomically(async () => {
      await database.query(NOTE, ['kept']);
      const inner = database.transaction(async (transaction) => {
        await transaction.query(NOTE, ['dropped']);
        await transaction.query(FAIL, ['23514']);
      });
      await expect(inner).rejects.toMatchObject({ code: '23514' });
    });
    expect(await database.query(NOTES, [])).toEqual([{ text: 'kept' }]);
  });

  test('never reports a commit that Postgres turned into a rollback', async () => {
    const { error } = await failureOf(
      database.atomically(async () => {
        await database.query(NOTE, ['one']);
        await database.query(FAIL, ['23514']).catch(() => undefined);
      }),
    );
    expect(error).toBeInstanceOf(Error);
    expect(await database.query(NOTES, [])).toEqual([]);
  });

  test('what goes on after it asks the pool again', async () => {
    const late = Promise.withResolvers<void>();
    let straggler: Promise<unknown> = Promise.resolve();
    await database.atomically(async () => {
      straggler = late.promise.then(() => database.query(NOTE, ['late']));
      database.afterCommit(() => late.resolve());
    });
    await straggler;
    expect(await database.query(NOTES, [])).toEqual([{ text: 'late' }]);
  });
});
