import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/**
 * A database of its own for one test file, in the server that the test run started (TEST_DATABASE_URL).
 * It is empty: migrate it.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = testServer('TEST_DATABASE_URL');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => dropDatabase(server, name) };
}

/** What Postgres says while its autovacuum looks into the database, whose process only a superuser may end. */
const MAY_NOT_END_PROCESS = '42501';
const DROP_TRIES = 40;
const DROP_PAUSE_MS = 250;

async function dropDatabase(server: string, name: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    } catch (error) {
      if ((error as { code?: unknown }).code !== MAY_NOT_END_PROCESS || tries === DROP_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, DROP_PAUSE_MS));
    }
  }
}

/** The Redis of the test run. Its keys are shared by all tests: use fresh ids. */
export function testRedisUrl(): string {
  return testServer('TEST_REDIS_URL');
}

function testServer(variable: string): string {
  const url = process.env[variable];
  if (!url) throw new Error(`${variable} is not set: run this test in the "services" project of Jest.`);
  return url;
}

async function onServer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
