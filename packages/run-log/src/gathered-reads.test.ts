import { describe, expect, test } from '@jest/globals';
import { LOG_START } from '@troupe/contracts';
import type { RunLogCursor, RunLogPage } from '@troupe/spec';
import { GatheredReads } from './gathered-reads.js';

/** Answers each statement when it is told to. */
class SlowArchive {
  readonly statements: { runs: string[]; answer: () => void; fail: (error: Error) => void }[] = [];

  read(cursors: readonly RunLogCursor[]): Promise<RunLogPage[]> {
    const { promise, resolve, reject } = Promise.withResolvers<RunLogPage[]>();
    const pages = cursors.map(({ runId }) => ({
      events: [{ id: LOG_START, type: 'run.cancelled' as const, data: { run_id: runId } }],
      more: false,
      ended: true,
    }));
    const runs = cursors.map(({ runId }) => runId);
    this.statements.push({ runs, answer: () => resolve(pages), fail: reject });
    return promise;
  }
}

const tick = () => new Promise((resolve) => setImmediate(resolve));
const cursor = (runId: number | string) => ({ runId: String(runId), after: LOG_START });

describe('GatheredReads', () => {
  test('readers who ask at once share statements, of which few are under way', async () => {
    const archive = new SlowArchive();
    const reads = new GatheredReads(archive);
    const pages = Array.from({ length: 1_000 }, (_, index) => reads.read(cursor(index)));
    let answered = 0;
    while (answered < 10) {
      await tick();
      expect(archive.statements.length - answered).toBeLessThanOrEqual(2);
      archive.statements[answered++]?.answer();
    }
    const runs = (await Promise.all(pages)).map(({ events }) => events[0]?.data);
    expect(runs).toEqual(Array.from({ length: 1_000 }, (_, index) => ({ run_id: String(index) })));
    expect(archive.statements.map((statement) => statement.runs.length)).toEqual(Array(10).fill(100));
  });

  test('a statement that fails fails for those who share it, and the next goes on', async () => {
    const archive = new SlowArchive();
    const reads = new GatheredReads(archive);
    const [first, second] = [reads.read(cursor('a')), reads.read(cursor('b'))];
    await tick();
    archive.statements[0]?.fail(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await expect(second).rejects.toThrow('away');
    const third = reads.read(cursor('c'));
    await tick();
    archive.statements[1]?.answer();
    expect((await third).ended).toBe(true);
  });
});
