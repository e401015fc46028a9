import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import { createTestDatabase, type TestDatabase } from '@troupe/testing';
import { Database, type Queryable } from '../database.js';
import { LimitTable } from './limit-table.js';
import { listLimits, removeLimit, setLimit } from './stored-limits.js';

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase();
  database = await Database.connect({
    url: server.url,
    poolSize: 4,
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
  await database.dataSource.query('TRUNCATE call_limits');
});

const GPT = { provider: 'openai', model: 'gpt-4o' };

describe('stored limits', () => {
  test('are replaced as a whole under the same key', async () => {
    await setLimit(database, { ...GPT, rpm: 5, tpm: 6 });
    expect(await setLimit(database, { ...GPT, max_concurrency: 7 })).toEqual({ ...GPT, max_concurrency: 7 });
    await setLimit(database, { ...GPT, account: 'key-1', rpm: 8 });
    expect(await listLimits(database)).toEqual([
      { ...GPT, max_concurrency: 7 },
      { ...GPT, account: 'key-1', rpm: 8 },
    ]);
  });

  test('are removed by their whole key', async () => {
    await setLimit(database, { ...GPT, account: 'key-1', rpm: 8 });
    expect(await removeLimit(database, GPT)).toBe(false);
    expect(await removeLimit(database, { ...GPT, account: 'key-1' })).toBe(true);
    expect(await listLimits(database)).toEqual([]);
  });

  test('without a number, or with one that is none, do not come in', async () => {
    await expect(setLimit(database, GPT)).rejects.toThrow('call_limits_numbers');
    await expect(setLimit(database, { ...GPT, rpm: 0, tpm: 5 })).rejects.toThrow('call_limits_numbers');
  });

  test('of many that set the same one at once leave one', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => setLimit(database, { ...GPT, rpm: index + 1 })));
    expect(await listLimits(database)).toHaveLength(1);
  });
});

describe('the table', () => {
  const configured = [{ ...GPT, rpm: 1, source: 'file' as const }];
  const scope = { ...GPT, account: 'key-1' };

  test('knows what is configured before anything was read, and what is stored after the start', async () => {
    await setLimit(database, { ...GPT, rpm: 2 });
    const table = new LimitTable({ database, configured, onError: fail });
    expect(table.limitsOf(scope)).toEqual({ rpm: 1 });
    await table.start();
    table.stop();
    expect(table.limitsOf(scope)).toEqual({ rpm: 2 });
    expect(table.scopeOf('openai/gpt-4o', 'key-1')).toEqual(scope);
  });

  test('learns by itself what another process has changed', async () => {
    const table = new LimitTable({ database, configured, onError: fail });
    await table.start();
    await setLimit(database, { ...GPT, rpm: 3 });
    await until(() => table.limitsOf(scope)?.rpm === 3);
    await removeLimit(database, GPT);
    await until(() => table.limitsOf(scope)?.rpm === 1);
    table.stop();
  }, 30_000);

  test('keeps what it had while Postgres is away, and says so', async () => {
    await setLimit(database, { ...GPT, rpm: 4 });
    const cable = new Cable(database);
    const errors: unknown[] = [];
    const table = new LimitTable({ database: cable, configured, onError: (error) => errors.push(error) });
    cable.cut = true;
    await table.start();
    expect([table.limitsOf(scope), errors]).toMatchObject([{ rpm: 1 }, [{ code: 'database_unavailable' }]]);
    cable.cut = false;
    await until(() => table.limitsOf(scope)?.rpm === 4);
    cable.cut = true;
    await table.refresh();
    expect([table.limitsOf(scope), errors.length]).toEqual([{ rpm: 4 }, 2]);
    table.stop();
  }, 30_000);

  test('takes the newer of two looks, in whatever order they end', async () => {
    await setLimit(database, { ...GPT, rpm: 5 });
    const cable = new Cable(database);
    const table = new LimitTable({ database: cable, configured, onError: fail });
    const slow = cable.holdAnswer();
    const older = table.refresh();
    await slow.asked;
    await setLimit(database, { ...GPT, rpm: 6 });
    await table.refresh();
    slow.release();
    await older;
    expect(table.limitsOf(scope)).toEqual({ rpm: 6 });
  });
});

/** What lies between a process and the database, and can be cut or be slow. */
class Cable implements Queryable {
  cut = false;
  readonly #database: Queryable;
  #hold: { asked: () => void; released: Promise<void> } | undefined;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** The next answer is on its way until it is released. */
  holdAnswer(): { asked: Promise<void>; release: () => void } {
    const asked = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#hold = { asked: asked.resolve, released: released.promise };
    return { asked: asked.promise, release: released.resolve };
  }

  async query<Row>(...question: Parameters<Queryable['query']>): Promise<Row[]> {
    if (this.cut) throw new TroupeError({ code: 'database_unavailable', fault: 'server', message: 'It is away.' });
    const hold = this.#hold;
    this.#hold = undefined;
    const rows = await this.#database.query<Row>(...question);
    hold?.asked();
    await hold?.released;
    return rows;
  }
}

function fail(error: unknown): never {
  throw error;
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error('It did not come to pass within 20 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
