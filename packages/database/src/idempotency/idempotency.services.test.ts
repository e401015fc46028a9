import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { createTestDatabase, startTcpProxy, type TcpProxy, type TestDatabase } from '@troupe/testing';
import { Database } from '../database.js';
import { answerOnce } from './answer-once.js';
import type { IdempotentRequest, StoredAnswer } from './idempotent-request.js';
import { releaseReservation, renewReservation, reserveAnswer, settleReservation } from './reserve-answer.js';
import { sweepIdempotencyKeys } from './sweep-idempotency-keys.js';

const NOTE = { name: 'test-note', text: 'INSERT INTO notes (text) VALUES ($1)' };
const MADE: StoredAnswer = { status: 201, location: '/api/things/1', body: '{"b":1,"a":"\\u0000"}' };

let server: TestDatabase;
let proxy: TcpProxy;
let database: Database;
let direct: Database;
let request: IdempotentRequest;

beforeAll(async () => {
  server = await createTestDatabase();
  proxy = await startTcpProxy(server.url);
  [database, direct] = await Promise.all([connect(proxy.url), connect(server.url)]);
  await direct.migrate();
  await direct.dataSource.query('CREATE TABLE notes (text text)');
});

afterAll(async () => {
  await database.close();
  await direct.close();
  await proxy.close();
  await server.drop();
});

beforeEach(async () => {
  await direct.dataSource.query('TRUNCATE notes, idempotent_answers, idempotency_keys');
  request = { tenantId: newId(), endpoint: 'POST /api/things', key: 'key-1', requestHash: 'hash-1' };
});

function connect(url: string): Promise<Database> {
  return Database.connect({
    url,
    poolSize: 20,
    applicationName: 'test',
    statementTimeoutMs: 1_000,
    onConnectionError: () => undefined,
  });
}

/** The thing that is to be done once. */
async function make(): Promise<StoredAnswer> {
  await database.query(NOTE, ['made']);
  return MADE;
}

async function count(): Promise<number> {
  const [row] = await direct.dataSource.query('SELECT count(*)::int AS count FROM notes');
  return row.count;
}

const age = (hours: number) =>
  direct.dataSource.query(`UPDATE idempotent_answers SET created_at = now() - make_interval(secs => $1)`, [
    hours * 3_600,
  ]);

describe('a request that is carried out once', () => {
  test('is answered the same, byte for byte, and done no second time', async () => {
    expect(await answerOnce(database, request, make)).toEqual({ answer: MADE, replayed: false });
    expect(await answerOnce(database, request, make)).toEqual({ answer: MADE, replayed: true });
    expect(await count()).toBe(1);
  });

  test.each<[string, Partial<IdempotentRequest>]>([
    ['another key', { key: 'key-2' }],
    ['another endpoint', { endpoint: 'DELETE /api/things' }],
    ['another tenant', { tenantId: newId() }],
  ])('has nothing to do with %s', async (_case, change) => {
    await answerOnce(database, request, make);
    expect(await answerOnce(database, { ...request, ...change }, make)).toMatchObject({ replayed: false });
    expect(await count()).toBe(2);
  });

  test('refuses its key to another body', async () => {
    await answerOnce(database, request, make);
    const other = answerOnce(database, { ...request, requestHash: 'hash-2' }, make);
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(await count()).toBe(1);
  });

  test('refuses its key at once while it is under way', async () => {
    const release = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const first = answerOnce(database, request, async () => {
      started.resolve();
      await release.promise;
      return make();
    });
    await started.promise;
    await expect(answerOnce(database, request, make)).rejects.toMatchObject({
      code: 'idempotency_key_in_use',
      retryable: true,
    });
    release.resolve();
    await first;
    expect(await answerOnce(database, request, make)).toMatchObject({ replayed: true });
    expect(await count()).toBe(1);
  });

  test('is done once by twenty who send it in the same moment', async () => {
    // Slow enough for all to come while the first is at it: alone, it is done before they have a connection.
    const slowly = () => new Promise((resolve) => setTimeout(resolve, 300)).then(make);
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => answerOnce(database, request, slowly)));
    expect(await count()).toBe(1);
    const done = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(done.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const refused = all.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(refused).toEqual(refused.map(() => 'idempotency_key_in_use'));
  });

  test('that fails leaves nothing behind, and its key free', async () => {
    const failing = answerOnce(database, request, async () => {
      await make();
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await count()).toBe(0);
    expect(await answerOnce(database, { ...request, requestHash: 'corrected' }, make)).toMatchObject({
      replayed: false,
    });
  });

  test.each(['everything', 'answers'] as const)(
    'is neither lost nor doubled when the connection goes silent in the middle of it (no %s)',
    async (what) => {
      await database.ping();
      const first = answerOnce(database, request, async () => {
        const answer = await make();
        // What comes after, the stored answer and the commit, may arrive or not: both halves are there or neither is.
        proxy.freeze(what);
        return answer;
      });
      const outcome = await first.then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
      expect(['done', 'database_unavailable']).toContain(outcome);
      proxy.thaw();
      const again = async (): Promise<unknown> => {
        try {
          return await answerOnce(direct, request, () => direct.query(NOTE, ['made']).then(() => MADE));
        } catch (error) {
          if ((error as { code?: string }).code !== 'idempotency_key_in_use') throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
          return again();
        }
      };
      expect(await again()).toMatchObject({ answer: MADE });
      expect(await count()).toBe(1);
    },
  );

  test('is forgotten after 24 hours, swept or not', async () => {
    await answerOnce(database, request, make);
    await age(23.9);
    expect(await answerOnce(database, request, make)).toMatchObject({ replayed: true });
    await age(24.1);
    expect(await answerOnce(database, { ...request, requestHash: 'hash-2' }, make)).toMatchObject({ replayed: false });
    expect(await answerOnce(database, { ...request, requestHash: 'hash-2' }, make)).toMatchObject({ replayed: true });
  });
});

describe('a key that is reserved for work that cannot be taken back', () => {
  test('belongs to one until it is settled, and gives its answer then', async () => {
    expect(await reserveAnswer(database, request)).toBeUndefined();
    await expect(reserveAnswer(database, request)).rejects.toMatchObject({ code: 'idempotency_key_in_use' });
    await settleReservation(database, request, MADE);
    expect(await reserveAnswer(database, request)).toEqual(MADE);
    const other = reserveAnswer(database, { ...request, requestHash: 'hash-2' });
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await releaseReservation(database, request);
    expect(await reserveAnswer(database, request)).toEqual(MADE);
  });

  test('is free again when it is released', async () => {
    await reserveAnswer(database, request);
    await releaseReservation(database, request);
    expect(await reserveAnswer(database, request)).toBeUndefined();
  });

  test('says that nobody knows what became of it when its holder is gone, until its holder answers after all', async () => {
    await reserveAnswer(database, request);
    await direct.dataSource.query(`UPDATE idempotent_answers SET lease_until = now() - interval '1 second'`);
    await expect(reserveAnswer(database, request)).rejects.toMatchObject({
      code: 'idempotency_outcome_unknown',
      retryable: false,
    });
    await renewReservation(database, request);
    await expect(reserveAnswer(database, request)).rejects.toMatchObject({ code: 'idempotency_key_in_use' });
    await settleReservation(database, request, MADE);
    expect(await reserveAnswer(database, request)).toEqual(MADE);
  });

  test('is taken by one of twenty', async () => {
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => reserveAnswer(database, request)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('can be taken anew after 24 hours', async () => {
    await reserveAnswer(database, request);
    await age(24.1);
    expect(await reserveAnswer(database, { ...request, requestHash: 'hash-2' })).toBeUndefined();
    await expect(reserveAnswer(database, request)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });
});

test('keys past their time are swept in small batches, those of runs too, and by many at once', async () => {
  const old = (table: string, columns: string, values: string) =>
    direct.dataSource.query(
      `INSERT INTO ${table} (tenant_id, endpoint, key, request_hash, created_at, ${columns})
        SELECT gen_random_uuid(), 'e', n::text, 'h', now() - interval '25 hours', ${values}
        FROM generate_series(1, 1200) AS n`,
    );
  await old('idempotent_answers', 'status', '200');
  await old('idempotency_keys', 'run_id', 'gen_random_uuid()');
  await answerOnce(database, request, make);
  expect(await sweepIdempotencyKeys(database)).toBe(true);
  await Promise.all([1, 2, 3, 4].map(() => sweepIdempotencyKeys(database)));
  while (await sweepIdempotencyKeys(database));
  const [left] = await direct.dataSource.query(
    `SELECT (SELECT count(*) FROM idempotent_answers)::int AS answers, (SELECT count(*) FROM idempotency_keys)::int AS keys`,
  );
  expect(left).toEqual({ answers: 1, keys: 0 });
  expect(await answerOnce(database, request, make)).toMatchObject({ replayed: true });
});
