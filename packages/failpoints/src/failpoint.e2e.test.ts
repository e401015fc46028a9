import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FAILPOINTS } from './failpoint-names.js';

const ARMED = '--conditions=troupe-failpoints';
const PROGRAM = `
  const { failpoint } = await import('@troupe/failpoints');
  try { failpoint('commit.before'); console.log('alive'); } catch (error) { console.log(error.message); }
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failpoints-'));
  mkdirSync(join(folder, 'armed'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a process that passes one failpoint. */
async function pass(...flags: string[]) {
  const program = spawn(process.execPath, [...flags, '--input-type=module', '--eval', PROGRAM], {
    cwd: import.meta.dirname,
    env: { ...process.env, FAILPOINTS_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [, signal]] = await Promise.all([text(program.stdout), once(program, 'exit')]);
  return { said: said.trim(), signal, pid: program.pid };
}

function arm(action: object): void {
  writeFileSync(join(folder, 'armed', 'commit.before'), JSON.stringify(action));
}

describe('failpoint', () => {
  test('kills the process that takes it, and tells which it was', async () => {
    arm({ action: 'kill' });
    const { said, signal, pid } = await pass(ARMED);
    expect({ said, signal }).toEqual({ said: '', signal: 'SIGKILL' });
    expect(readdirSync(join(folder, 'fired'))).toEqual([`commit.before.${pid}`]);
  });

  test('hits once', async () => {
    arm({ action: 'throw' });
    expect((await pass(ARMED)).said).toBe('Failpoint commit.before.');
    expect((await pass(ARMED)).said).toBe('alive');
  });

  test('does nothing in a process that was not started for it', async () => {
    arm({ action: 'kill' });
    expect((await pass()).said).toBe('alive');
    expect(existsSync(join(folder, 'armed', 'commit.before'))).toBe(true);
  });

  test('no name twice', () => expect(new Set(FAILPOINTS).size).toBe(FAILPOINTS.length));
});
