import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@troupe/testing';
import pg from 'pg';
import { openDatabase } from './open-database.js';

let server: TestDatabase;
const told: object[] = [];
const logger = { warn: (facts: object) => void told.push(facts) };
const gauges: string[] = [];
const metrics = { watch: ({ name }: { name: string }) => void gauges.push(name) };
const open = (url: string) => openDatabase({ url, poolSize: 2, applicationName: 'test', logger, metrics });

beforeAll(async () => {
  server = await createTestDatabase();
});
afterAll(() => server.drop());

function changed(parts: Partial<URL>): string {
  return Object.assign(new URL(server.url), parts).toString();
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

describe('openDatabase', () => {
  test.each<[string, Partial<URL>, string]>([
    ['an unknown host', { hostname: 'no-such-host.invalid' }, 'There is no host no-such-host.invalid'],
    ['a port where nothing is', { port: '1' }, 'Nothing that answers like Postgres is at 127.0.0.1:1'],
    ['a wrong password', { password: 'hunter2' }, 'Check the user and the password in DATABASE_URL'],
    ['an unknown database', { pathname: '/nowhere' }, 'There is no database nowhere. Create it'],
    ['TLS where there is none', { search: '?sslmode=verify-full' }, 'The server has no TLS'],
  ])('says what to do about %s, without the password and without a stack', async (_case, parts, advice) => {
    const url = changed(parts);
    const error = await open(url).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error?.message).toContain(advice);
    expect(error?.stack).toBe(error?.message);
    expect(error?.message).not.toContain(new URL(url).password);
  });

  test('says who must own the database when its user may not create tables', async () => {
    await onServer(`CREATE ROLE guest_${process.pid} LOGIN PASSWORD 'guest'`);
    try {
      const url = changed({ username: `guest_${process.pid}`, password: 'guest' });
      await expect(open(url)).rejects.toThrow(/may not create tables. Make it the owner: ALTER DATABASE/);
    } finally {
      await onServer(`DROP ROLE guest_${process.pid}`);
    }
  });

  test('prepares an empty database, and tells of migrations that a newer version applied', async () => {
    await (await open(server.url)).close();
    expect(told).toEqual([]);
    expect(gauges).toEqual(['troupe_database_connections']);
    await onServer(`INSERT INTO migrations (timestamp, name) VALUES (9900000000000, 'FromTheFuture9900000000000')`);
    await (await open(server.url)).close();
    expect(told).toEqual([{ migrations: ['FromTheFuture9900000000000'] }]);
  });
});
