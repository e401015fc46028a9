import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SLICE } from './faults/slice.js';
import { violationText } from './report/print-summary.js';
import { type FaultReport, type Summary, summarize } from './report/summarize.js';

/** Two to three minutes on two cores; twice that where other tests run beside it. */
jest.setTimeout(480_000);

describe('the split server under faults', () => {
  let folder: string;
  let said: string;
  let summary: Summary;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'troupe-fault-slice-'));
    const json = join(folder, 'report.json');
    const args = [join(import.meta.dirname, 'faults.mjs'), '--slice', '--no-build', '--seed', '1', '--json', json];
    const command = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    [said] = await Promise.all([text(command.stderr), once(command, 'exit')]);
    summary = summarize([JSON.parse(readFileSync(json, 'utf8')) as FaultReport]);
  }, 480_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('keeps every promise, whatever is killed, frozen, flushed, cut off or lost', () => {
    expect(summary.violations.map(violationText)).toEqual([]);
  });

  test('was really harmed, while it really worked', () => {
    const injected = Object.values(summary.faults).reduce((sum, fault) => sum + fault.injected, 0);
    // A fault may come by when nobody does what it waits for; most do not. What was said shows which.
    expect({ mostMet: injected >= SLICE.length * 0.8, said }).toEqual({ mostMet: true, said });
    expect(summary.outcomes.completed).toBeGreaterThan(50);
  });
});
