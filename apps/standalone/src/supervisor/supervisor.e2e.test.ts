import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProcessDefinition } from './supervised-process.js';
import { Supervisor } from './supervisor.js';

const main = join(import.meta.dirname, '../../e2e/supervised-app.mjs');

describe('Supervisor', () => {
  let folder: string;
  let journal: string;
  let lines: string[];
  let supervisor: Supervisor;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'troupe-supervisor-'));
    journal = join(folder, 'journal');
    lines = [];
  });

  afterEach(async () => {
    await supervisor.stop();
    rmSync(folder, { recursive: true });
  });

  function supervise(groups: ProcessDefinition[][], stopTimeoutMs?: number): Supervisor {
    supervisor = new Supervisor({
      groups,
      env: { JOURNAL: journal },
      pidsDir: folder,
      stopTimeoutMs,
      onLine: (name, line) => lines.push(`${name}: ${line}`),
    });
    return supervisor;
  }

  function app(name: string, env: Record<string, string> = {}): ProcessDefinition {
    return { name, main, env: { NAME: name, ...env } };
  }

  const readJournal = () => readFileSync(journal, 'utf8').trim().split('\n');
  const pidFiles = () => readdirSync(folder).filter((file) => file.endsWith('.pid'));

  test('answers the addresses when all are ready and notes each process id while it lives', async () => {
    supervise([[app('gateway-1', { URL_TO_REPORT: 'http://127.0.0.1:1' })], [app('worker-1'), app('worker-2')]]);

    expect(await supervisor.start()).toEqual({ 'gateway-1': 'http://127.0.0.1:1' });

    expect(pidFiles().sort()).toEqual(['gateway-1.pid', 'worker-1.pid', 'worker-2.pid']);
    const noted = readFileSync(join(folder, 'worker-2.pid'), 'utf8');
    expect(noted).toBe(`${supervisor.pids['worker-2']}\n`);
    await supervisor.stop();
    expect(pidFiles()).toEqual([]);
    expect(lines).toContain('worker-1: works');
  });

  test('stops one group after the other', async () => {
    supervise([[app('gateway-1', { STOP_AFTER_MS: '300' })], [app('worker-1')]]);
    await supervisor.start();

    await supervisor.stop();

    expect(readJournal().slice(-4)).toEqual([
      'gateway-1 SIGTERM received',
      'gateway-1 ended',
      'worker-1 SIGTERM received',
      'worker-1 ended',
    ]);
  });

  test('kills what does not stop in time', async () => {
    supervise([[app('gateway-1')], [app('worker-1', { IGNORE_SIGTERM: '1' })]], 600);
    await supervisor.start();

    await supervisor.stop();

    expect(supervisor.pids).toEqual({});
    expect(lines.some((line) => /^worker-1: did not stop within [\d.]+ s; killed$/.test(line))).toBe(true);
  });

  test('starts a killed process again, with a new id', async () => {
    supervise([[app('worker-1')]]);
    await supervisor.start();
    const before = supervisor.pids['worker-1'] ?? 0;

    process.kill(before, 'SIGKILL');
    while (!lines.includes('worker-1: runs again')) await sleep(20);

    expect(supervisor.pids['worker-1']).not.toBe(before);
    expect(readFileSync(join(folder, 'worker-1.pid'), 'utf8')).toBe(`${supervisor.pids['worker-1']}\n`);
    expect(lines).toContain('worker-1: ended (signal SIGKILL); starting it again in 0.5 s');
  });

  test('does not start a process again that ends after stop', async () => {
    supervise([[app('worker-1')]]);
    await supervisor.start();
    process.kill(supervisor.pids['worker-1'] ?? 0, 'SIGKILL');
    while (!lines.some((line) => line.includes('starting it again'))) await sleep(20);

    await supervisor.stop();
    await sleep(700);

    expect(readJournal()).toEqual(['worker-1 started']);
    expect(supervisor.pids).toEqual({});
  });

  test('stops the others and says why when one cannot be started', async () => {
    supervise([[app('gateway-1')], [app('worker-1', { CRASH_BEFORE_READY: '1' })]]);

    await expect(supervisor.start()).rejects.toThrow('worker-1 ended before it was ready (exit code 3)');

    expect(supervisor.pids).toEqual({});
    expect(lines).toContain('worker-1: no database');
    expect(existsSync(join(folder, 'gateway-1.pid'))).toBe(false);
  });
});
