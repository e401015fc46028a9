import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const run = promisify(execFile);

describe('withPreparationLock', () => {
  let workspace: string;

  /** The lock lies in the workspace of the file that takes it, so each test has a copy. */
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'troupe-lock-'));
    cpSync(import.meta.dirname, join(workspace, 'tooling/bootstrap'), { recursive: true });
    mkdirSync(join(workspace, '.toolchain'));
  });

  afterEach(() => rmSync(workspace, { recursive: true }));

  function appendUnderLock(name: string): Promise<unknown> {
    const script = `
      import { appendFileSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { withPreparationLock } from './tooling/bootstrap/preparation-lock.mjs';
      await withPreparationLock(async () => {
        appendFileSync('journal', '${name} in\\n');
        await sleep(50);
        appendFileSync('journal', '${name} out\\n');
      });`;
    return run(process.execPath, ['--input-type=module', '-e', script], { cwd: workspace });
  }

  function journal(): string[] {
    return readFileSync(join(workspace, 'journal'), 'utf8').trim().split('\n');
  }

  test('lets one process in at a time and leaves nothing behind', async () => {
    await Promise.all(['a', 'b', 'c'].map(appendUnderLock));

    const lines = journal();
    expect(lines).toHaveLength(6);
    for (const index of [0, 2, 4]) {
      const name = lines[index]?.split(' ')[0];
      expect(lines.slice(index, index + 2)).toEqual([`${name} in`, `${name} out`]);
    }
    expect(existsSync(join(workspace, '.toolchain/lock'))).toBe(false);
  });

  test('takes over the lock of a process that died', async () => {
    const { stdout } = await run(process.execPath, ['-p', 'process.pid']);
    writeFileSync(join(workspace, '.toolchain/lock'), stdout.trim());

    await Promise.all(['a', 'b'].map(appendUnderLock));

    expect(journal()).toHaveLength(4);
  });
});
