import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startServerProcess } from '@troupe/testing';
import { freePort } from './free-port.js';
import { startTestServer } from './start-test-server.js';

let dataDir: string;
let other: Server | undefined;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'troupe-start-'));
});
afterEach(() => {
  other?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('a start that cannot succeed says what to do', () => {
  test.each<[string, string[], number]>([
    ['one process', [], 0],
    ['a second gateway', ['--split', '--gateways', '2'], 1],
  ])('when the port of %s is taken, before any database is made', async (_case, args, index) => {
    const port = await freePort();
    other = createServer();
    await new Promise<void>((resolve) => other?.listen(port + index, '127.0.0.1', resolve));
    const started = startServerProcess({ dataDir, args, env: { PORT: String(port) } });
    await expect(started).rejects.toThrow(`Port ${port + index} on 127.0.0.1 is taken by another program`);
    expect(readdirSync(dataDir)).toEqual(['pids']);
  });

  test('when the address is none of this machine', async () => {
    const started = startServerProcess({ dataDir, env: { HOST: '192.0.2.1' } });
    await expect(started).rejects.toThrow('HOST=192.0.2.1 is no address of this machine');
    expect(readdirSync(dataDir)).toEqual(['pids']);
  });

  test.each([[[]], [['--split']]])('when nothing is at DATABASE_URL, without its password (%j)', async (args) => {
    const env = { DATABASE_URL: 'postgres://ada:hunter2@127.0.0.1:1/db', REDIS_URL: 'redis://127.0.0.1:1' };
    const error: Error = await startServerProcess({ dataDir, args, env }).then(
      () => new Error('it started'),
      (thrown) => thrown,
    );
    expect(error.message).toContain('Nothing that answers like Postgres is at 127.0.0.1:1');
    expect(error.message).not.toContain('hunter2');
  });
});

test('secrets may come from files, also where every app is a process', async () => {
  const file = (name: string, text: string) => {
    writeFileSync(join(dataDir, name), `${text}\n`);
    return join(dataDir, name);
  };
  const key = 'the-key-of-a-file-0123456789';
  const server = await startTestServer({
    args: ['--split'],
    env: async ({ databaseUrl = '', redisUrl = '' }) => ({
      DATABASE_URL: '',
      DATABASE_URL_FILE: file('database', databaseUrl),
      REDIS_URL: '',
      REDIS_URL_FILE: file('redis', redisUrl),
      TROUPE_API_KEY: '',
      TROUPE_API_KEY_FILE: file('key', key),
    }),
  });
  try {
    expect((await server.send('GET', '/api/agents', { key })).status).toBe(200);
  } finally {
    await server.stop();
  }
});

test('on IPv6 the printed address works, and settings that are none and a model without a key are told once', async () => {
  const env = { HOST: '::1', TROUPE_DATADIR: '/nowhere', DEFAULT_MODEL: 'openai/gpt-4o' };
  const server = await startTestServer({ providers: false, env });
  try {
    expect(server.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    const told = (text: string) => server.process.output.filter((line) => line.includes(text));
    expect(told('TROUPE_DATADIR is no setting of this version and changes nothing.')).toHaveLength(1);
    expect(told('DEFAULT_MODEL cannot be used')).toEqual([expect.stringContaining('OPENAI_API_KEY')]);
  } finally {
    await server.stop();
  }
});
