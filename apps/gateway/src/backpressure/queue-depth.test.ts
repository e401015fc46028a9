import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { QueuedRuns } from '@troupe/database';
import { QueueDepth } from './queue-depth.js';

/** A database whose answers come when the test says so. */
class SlowCounts {
  readonly asked: PromiseWithResolvers<QueuedRuns>[] = [];

  readonly count = (): Promise<QueuedRuns> => {
    const answer = Promise.withResolvers<QueuedRuns>();
    this.asked.push(answer);
    return answer.promise;
  };

  async answer(byTenant: Record<string, number>): Promise<void> {
    const all = Object.values(byTenant).reduce((sum, count) => sum + count, 0);
    this.asked.at(-1)?.resolve({ all, byTenant: new Map(Object.entries(byTenant)) });
    await settled();
  }
}

const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

let counts: SlowCounts;
let errors: unknown[];
let depth: QueueDepth;
beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  counts = new SlowCounts();
  errors = [];
  depth = new QueueDepth({ count: counts.count, onError: (error) => errors.push(error) });
});
afterEach(() => {
  jest.useRealTimers();
});

test('looks aside, at most every 300 ms, and only while runs are asked for', async () => {
  for (let asked = 0; asked < 100; asked++) depth.refresh();
  expect(counts.asked).toHaveLength(1);
  await counts.answer({ a: 3, b: 4 });
  depth.refresh();
  expect([depth.of('a'), depth.of('b'), depth.of('c'), depth.all]).toEqual([3, 4, 0, 7]);
  expect(counts.asked).toHaveLength(1);
  jest.advanceTimersByTime(10_000);
  expect(counts.asked).toHaveLength(1);
  depth.refresh();
  expect(counts.asked).toHaveLength(2);
});

test('counts what it lets in at once, before any look', async () => {
  depth.refresh();
  const places = Array.from({ length: 5 }, () => depth.enter('a'));
  expect([depth.of('a'), depth.all]).toEqual([5, 5]);
  await places[0]?.fill(async () => 'stored');
  await places[1]?.fill(
    async () => 'replayed',
    () => false,
  );
  await expect(places[2]?.fill(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect([depth.of('a'), depth.all]).toEqual([3, 3]);
});

test('counts what is still being stored when a look sees only what is', async () => {
  depth.refresh();
  await counts.answer({});
  const stored = depth.enter('a');
  const late = depth.enter('a');
  await stored.fill(async () => undefined);
  jest.advanceTimersByTime(300);
  depth.refresh();
  const during = depth.enter('a');
  await during.fill(async () => undefined);
  expect(depth.of('a')).toBe(3);
  await counts.answer({ a: 1 });
  // One that was counted, one that was stored during the look, one that is not stored yet.
  expect(depth.of('a')).toBe(3);
  await late.fill(async () => undefined);
  jest.advanceTimersByTime(300);
  depth.refresh();
  await counts.answer({ a: 2 });
  expect(depth.of('a')).toBe(2);
});

test('a count from before a pause says nothing', async () => {
  depth.refresh();
  await counts.answer({ a: 5_000 });
  jest.advanceTimersByTime(1_000);
  depth.refresh();
  expect(depth.of('a')).toBe(5_000);
  await counts.answer({ a: 4_000 });
  jest.advanceTimersByTime(2_001);
  depth.refresh();
  expect(depth.of('a')).toBe(0);
});

test('while a look lasts long, what was known and let in still counts', async () => {
  depth.refresh();
  await counts.answer({ a: 900 });
  jest.advanceTimersByTime(300);
  depth.refresh();
  await depth.enter('a').fill(async () => undefined);
  jest.advanceTimersByTime(5_000);
  depth.refresh();
  expect(counts.asked).toHaveLength(2);
  expect(depth.of('a')).toBe(901);
});

test('a look that fails is told and tried again', async () => {
  depth.refresh();
  const error = new Error('away');
  counts.asked[0]?.reject(error);
  await settled();
  expect(errors).toEqual([error]);
  jest.advanceTimersByTime(300);
  depth.refresh();
  expect(counts.asked).toHaveLength(2);
});

test('does not guess that those wait which workers that keep up have begun since', async () => {
  const store = async (runs: number) => {
    for (let run = 0; run < runs; run++) await depth.enter('a').fill(async () => undefined);
  };
  depth.refresh();
  await store(10);
  expect(depth.waiting).toBe(10);
  await counts.answer({});
  await store(50);
  // Nothing is known of the workers yet.
  expect(depth.waiting).toBe(60);
  jest.advanceTimersByTime(300);
  depth.refresh();
  await counts.answer({ a: 3 });
  jest.advanceTimersByTime(100);
  await store(20);
  expect(depth.waiting).toBeCloseTo(4);
  expect(depth.all).toBe(23);
  // More than they keep up with is seen at once.
  await store(500);
  expect(depth.waiting).toBeCloseTo(504);
});

test('guesses again that all wait when workers have begun nothing between two looks', async () => {
  depth.refresh();
  await counts.answer({ a: 100 });
  jest.advanceTimersByTime(300);
  depth.refresh();
  await counts.answer({ a: 40 });
  jest.advanceTimersByTime(300);
  expect(depth.waiting).toBe(0);
  depth.refresh();
  await counts.answer({ a: 40 });
  jest.advanceTimersByTime(200);
  expect(depth.waiting).toBe(40);
});
