import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@troupe/testing';
import { connectPostgres } from '../postgres.js';

let server: TestDatabase;

beforeAll(async () => {
  server = await createTestDatabase();
});

afterAll(() => server.drop());

/** The same server, with something else in its address. */
function address(change: (url: URL) => void): string {
  const url = new URL(server.url);
  change(url);
  return url.href;
}

test.each([
  ['nothing', () => '', 'invalid_request', 'connectPostgres needs a connectionString'],
  ['a database without tables', () => server.url, 'database_unavailable', 'pass migrate: true'],
  [
    'a user that is not there',
    () => address((url) => Object.assign(url, { username: 'x' })),
    'database_unavailable',
    'Postgres refused the connection',
  ],
  [
    'a database that is not there',
    () => address((url) => Object.assign(url, { pathname: '/x' })),
    'database_unavailable',
    'correct its name',
  ],
  [
    'a server that is not there',
    () => address((url) => Object.assign(url, { port: '1' })),
    'database_unavailable',
    'Check connectionString',
  ],
])('%s is told in the words of connectPostgres', async (_what, connectionString, code, message) => {
  const connecting = connectPostgres({ connectionString: connectionString() });
  await expect(connecting).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});
