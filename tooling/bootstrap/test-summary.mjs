import { readFileSync } from 'node:fs';

/**
 * Counts what Jest wrote to its result file. A test file that does not even load counts as one failure, since none of its
 * tests is in the numbers, and so does a missing result: Jest did not come to its end.
 */
export function readTestSummary(resultFile) {
  let result;
  try {
    result = JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch {
    return { failed: 1, text: '0 passed, 1 failed' };
  }
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const skipped = result.numPendingTests + result.numTodoTests;
  const text = `${result.numPassedTests} passed, ${failed} failed`;
  return { failed, text: skipped > 0 ? `${text}, ${skipped} skipped` : text };
}
