import { afterEach, describe, expect, test } from '@jest/globals';
import { ProcessLoad } from './process-load.js';

const LIMITS = { eventLoopDelayMs: 250, connectionWaitMs: 100 };
/** Generous, because the machine may have more to do than this. Milliseconds. */
const PATIENCE_MS = 25_000;

let load: ProcessLoad;
let waitMs: () => number;
afterEach(() => load.stop());

function start(): void {
  waitMs = () => 0;
  load = new ProcessLoad({ limits: LIMITS, connectionWaitMs: () => waitMs() });
  load.start();
}

async function until(condition: () => boolean, step: () => Promise<void>): Promise<void> {
  const giveUp = performance.now() + PATIENCE_MS;
  while (!condition() && performance.now() < giveUp) await step();
  expect(condition()).toBe(true);
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 60));

/** Keeps the event loop from turning, and lets it turn a little. */
async function block(blockMs: number): Promise<void> {
  const end = performance.now() + blockMs;
  while (performance.now() < end);
  await pause();
}

describe('the event loop', () => {
  // Shorter than a second, and longer.
  test.each([400, 1_300])(
    'being late by %i ms is an overload when it lasts, and none when it ends',
    async (blockMs) => {
      start();
      for (let times = Math.ceil(2_000 / blockMs); times > 0; times--) await block(blockMs);
      expect(load.eventLoopDelayMs).toBeUndefined();
      await until(
        () => load.eventLoopDelayMs !== undefined,
        () => block(blockMs),
      );
      expect(load.eventLoopDelayMs).toBeGreaterThan(LIMITS.eventLoopDelayMs);
      await until(() => load.eventLoopDelayMs === undefined, pause);
    },
    60_000,
  );
});

describe('the wait for connections', () => {
  test('is an overload when it lasts, and none when it ends', async () => {
    start();
    waitMs = () => 150;
    await until(() => load.connectionWaitMs !== undefined, pause);
    expect(load.connectionWaitMs).toBe(150);
    waitMs = () => 0;
    await until(() => load.connectionWaitMs === undefined, pause);
  }, 60_000);

  test('is none while now and then nobody waits', async () => {
    start();
    let samples = 0;
    waitMs = () => (samples++ % 4 === 3 ? 0 : 5_000);
    const end = performance.now() + 5_000;
    while (performance.now() < end) {
      expect(load.connectionWaitMs).toBeUndefined();
      await pause();
    }
    expect(samples).toBeGreaterThan(20);
  });
});
