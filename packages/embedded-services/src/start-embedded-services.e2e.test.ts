import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { isRunning } from './process/process-identity.js';
import { type EmbeddedServices, startEmbeddedServices } from './start-embedded-services.js';

// The first start on a machine without Redis downloads it.
jest.setTimeout(120_000);

const launcherScript = join(import.meta.dirname, '../fixtures/launcher.mjs');
/** One download for all tests here, and none where an earlier run made it. */
const redisPackage = join(tmpdir(), `troupe-test-redis-${process.getuid?.() ?? 0}`);

interface Launched {
  databaseUrl: string;
  redisUrl: string;
  pids: { postgres: number; redis: number };
  progress: string[];
  error?: string;
}

describe('startEmbeddedServices', () => {
  let dataDir: string;
  let cleanups: (() => Promise<unknown>)[];
  let progress: string[];

  beforeEach(() => {
    dataDir = join(mkdtempSync(join(tmpdir(), 'troupe-embedded-')), 'data');
    cleanups = [];
    progress = [];
  });

  afterEach(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
    rmSync(join(dataDir, '..'), { recursive: true, force: true });
  });

  async function start(): Promise<EmbeddedServices> {
    const onProgress = (message: string) => progress.push(message);
    const services = await startEmbeddedServices({ dataDir, redisPackage, onProgress });
    cleanups.push(() => services.stop());
    return services;
  }

  async function launch(): Promise<{ launcher: ChildProcess; started: Launched }> {
    const launcher = fork(launcherScript, [dataDir, 'http://127.0.0.1:4711', redisPackage]);
    cleanups.push(async () => {
      if (launcher.exitCode !== null || launcher.signalCode !== null) return;
      launcher.kill('SIGTERM');
      await once(launcher, 'exit');
    });
    const [started] = (await once(launcher, 'message')) as [Launched];
    return { launcher, started };
  }

  test('serves PostgreSQL and Redis with settings that lose nothing', async () => {
    const services = await start();

    expect(await query(services.databaseUrl, "SELECT current_setting('synchronous_commit') AS value")).toEqual([
      { value: 'on' },
    ]);
    expect(
      await query(services.databaseUrl, "SELECT current_setting('server_version_num')::int / 10000 AS value"),
    ).toEqual([{ value: 18 }]);
    const settings = await withRedis(services.redisUrl, (redis) =>
      redis.config('GET', 'appendonly', 'appendfsync', 'maxmemory-policy', 'bind'),
    );
    expect(settings).toEqual(
      expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'everysec', 'maxmemory-policy', 'noeviction']),
    );
  });

  test('lets nobody in without the password and shows it to nobody else', async () => {
    const services = await start();

    const wrong = new URL(services.databaseUrl ?? '');
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    const open = new URL(services.redisUrl ?? '');
    open.password = '';
    await expect(withRedis(open.href, (redis) => redis.ping())).rejects.toThrow('NOAUTH');
    for (const file of ['services.json', 'redis/redis.conf'])
      expect(statSync(join(dataDir, file)).mode & 0o077).toBe(0);
  });

  test('keeps data and addresses across a restart', async () => {
    const first = await start();
    await query(first.databaseUrl, 'CREATE TABLE kept (word text)');
    await query(first.databaseUrl, "INSERT INTO kept VALUES ('postgres')");
    await withRedis(first.redisUrl, (redis) => redis.set('kept', 'redis'));
    const { postgres, redis } = first.pids;

    await first.stop();

    expect([postgres, redis].map((pid) => isRunning(pid ?? 0))).toEqual([false, false]);
    expect(readdirSync(join(dataDir, 'pids'))).toEqual([]);
    const second = await start();
    expect([second.databaseUrl, second.redisUrl]).toEqual([first.databaseUrl, first.redisUrl]);
    expect(await query(second.databaseUrl, 'SELECT word FROM kept')).toEqual([{ word: 'postgres' }]);
    expect(await withRedis(second.redisUrl, (connection) => connection.get('kept'))).toBe('redis');
  });

  test('refuses a second start on the folder, naming the process and the address of the first', async () => {
    const { launcher } = await launch();

    await expect(start()).rejects.toThrow(
      new RegExp(`already runs on the data folder .*: process ${launcher.pid}, http://127\\.0\\.0\\.1:4711`),
    );
  });

  test('stops to the end although nothing else keeps the process alive', async () => {
    // Whether the end was noticed in time was a matter of luck, hence several tries.
    const codes: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const launcher = fork(launcherScript, [dataDir, '', redisPackage, 'short']);
      codes.push((await once(launcher, 'exit'))[0]);
    }

    expect(codes).toEqual(Array(8).fill(0));
    expect(readdirSync(dataDir)).not.toContain('lock');
  });

  test('waits for a holder that is stopping', async () => {
    const { launcher } = await launch();
    launcher.kill('SIGTERM');

    const services = await start();

    expect(await query(services.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(progress).toEqual([]);
  });

  test('ends what a killed launcher left behind and keeps its data', async () => {
    const { launcher, started } = await launch();
    await query(started.databaseUrl, 'CREATE TABLE kept (word text)');
    await query(started.databaseUrl, "INSERT INTO kept VALUES ('survives')");
    await withRedis(started.redisUrl, (redis) => redis.set('kept', 'survives'));
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    expect([started.pids.postgres, started.pids.redis].map(isRunning)).toEqual([true, true]);

    const services = await start();

    expect([started.pids.postgres, started.pids.redis].map(isRunning)).toEqual([false, false]);
    expect([...progress].sort()).toEqual([
      `ending postgres (process ${started.pids.postgres}), left behind by an earlier start`,
      `ending redis (process ${started.pids.redis}), left behind by an earlier start`,
    ]);
    expect(await query(services.databaseUrl, 'SELECT word FROM kept')).toEqual([{ word: 'survives' }]);
    expect(await withRedis(services.redisUrl, (redis) => redis.get('kept'))).toBe('survives');
  });

  test('ends a leftover app, and leaves alone a process that merely has a noted id', async () => {
    mkdirSync(join(dataDir, 'pids'), { recursive: true });
    const idle = 'process.send(0); setInterval(() => 0, 1000)';
    const script = join(dataDir, 'idle.cjs');
    writeFileSync(script, idle);
    const leftover = fork(script);
    const stranger = fork('-e', [idle], { execArgv: ['-e', idle] });
    cleanups.push(async () => stranger.kill('SIGKILL'));
    await Promise.all([once(leftover, 'message'), once(stranger, 'message')]);
    writeFileSync(join(dataDir, 'pids/gateway-1.pid'), `${leftover.pid}\n`);
    writeFileSync(join(dataDir, 'pids/llm-worker-1.pid'), `${stranger.pid}\n`);

    await start();

    expect([leftover.pid, stranger.pid].map((pid) => isRunning(pid ?? 0))).toEqual([false, true]);
    expect(readdirSync(join(dataDir, 'pids')).sort()).toEqual(['postgres.pid', 'redis.pid']);
  });

  test('starts although the process id in postmaster.pid belongs to another program now', async () => {
    await (await start()).stop();
    writeFileSync(
      join(dataDir, 'postgres/postmaster.pid'),
      `${process.pid}\n${dataDir}/postgres\n0\n1\n\n\n0 0\nready\n`,
    );

    const services = await start();

    expect(await query(services.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('starts a service again that was killed, on the same address', async () => {
    const services = await start();
    const { postgres = 0, redis = 0 } = services.pids;
    process.kill(postgres, 'SIGKILL');
    process.kill(redis, 'SIGKILL');
    while (progress.filter((line) => line.includes('runs again')).length < 2) await sleep(20);

    expect(await query(services.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await withRedis(services.redisUrl, (connection) => connection.ping())).toBe('PONG');
    expect(services.pids.postgres).not.toBe(postgres);
  });

  test('leaves a half out', async () => {
    const services = await startEmbeddedServices({ dataDir, postgres: false, redisPackage });
    cleanups.push(() => services.stop());

    expect(services.databaseUrl).toBeUndefined();
    expect(services.pids.postgres).toBeUndefined();
    expect(await withRedis(services.redisUrl, (redis) => redis.ping())).toBe('PONG');
  });
});

async function query(url: string | undefined, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function withRedis<T>(url: string | undefined, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url ?? '', { maxRetriesPerRequest: 0, enableReadyCheck: false });
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
