import { describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the services of a test run', () => {
  test('PostgreSQL answers, to a role that row-level security holds for', async () => {
    const rows = await query('SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user');
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  });

  test('Redis answers and never evicts', async () => {
    const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
    try {
      expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    } finally {
      redis.disconnect();
    }
  });
});
