import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readTestSummary } from './test-summary.mjs';

describe('readTestSummary', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'troupe-summary-'));
    file = join(folder, 'result.json');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function result(numbers: Record<string, number>): void {
    const none = {
      numPassedTests: 0,
      numFailedTests: 0,
      numRuntimeErrorTestSuites: 0,
      numPendingTests: 0,
      numTodoTests: 0,
    };
    writeFileSync(file, JSON.stringify({ ...none, ...numbers }));
  }

  test('names passed and failed tests, and skipped ones where there are any', () => {
    result({ numPassedTests: 412 });
    expect(readTestSummary(file)).toEqual({ failed: 0, text: '412 passed, 0 failed' });
    result({ numPassedTests: 9, numFailedTests: 2, numPendingTests: 2, numTodoTests: 1 });
    expect(readTestSummary(file)).toEqual({ failed: 2, text: '9 passed, 2 failed, 3 skipped' });
  });

  test('a file that does not load is a failure', () => {
    result({ numPassedTests: 9, numRuntimeErrorTestSuites: 1 });
    expect(readTestSummary(file)).toEqual({ failed: 1, text: '9 passed, 1 failed' });
  });

  test('no result is a failure', () => {
    expect(readTestSummary(file).failed).toBe(1);
  });
});
