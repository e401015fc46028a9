import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTimeOf } from '../process/process-identity.js';
import { DataDirInUseError } from './data-dir-in-use-error.js';
import { type DataDirLayout, openDataDir } from './data-dir-layout.js';
import { DataDirLock } from './data-dir-lock.js';

describe('DataDirLock', () => {
  let folder: string;
  let layout: DataDirLayout;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'troupe-lock-'));
    layout = await openDataDir(folder);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const hold = (holder: object) => writeFileSync(layout.lock, JSON.stringify(holder));

  test('is held by one process until it is released', async () => {
    const lock = await DataDirLock.acquire(layout);
    await lock.setAddress('http://127.0.0.1:1');

    await expect(DataDirLock.acquire(layout)).rejects.toMatchObject({
      pid: process.pid,
      address: 'http://127.0.0.1:1',
    });
    await expect(DataDirLock.acquire(layout)).rejects.toBeInstanceOf(DataDirInUseError);

    await lock.release();
    await (await DataDirLock.acquire(layout)).release();
    expect(readdirSync(folder)).toEqual(['pids']);
  });

  test('goes to one of many that find a dead holder', async () => {
    hold({ pid: 2 ** 22 + 1, startTime: 'long ago' });

    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => DataDirLock.acquire(layout)));

    const refusals = attempts.filter((attempt) => attempt.status === 'rejected');
    expect(refusals).toHaveLength(7);
    for (const { reason } of refusals) expect(reason).toBeInstanceOf(DataDirInUseError);
  });

  test('does not take a process that was given the same id for the holder', async () => {
    hold({ pid: process.ppid, startTime: 'of an earlier process' });

    await DataDirLock.acquire(layout);

    expect(JSON.parse(readFileSync(layout.lock, 'utf8'))).toEqual({
      pid: process.pid,
      startTime: startTimeOf(process.pid),
    });
  });

  test('survives a lock file that was never written to its end', async () => {
    writeFileSync(layout.lock, '{"pid":');

    await DataDirLock.acquire(layout);

    expect(await DataDirLock.isHeld(layout)).toBe(true);
  });
});
