import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { RestartPause } from './restart-pause.js';

describe('RestartPause', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  test('doubles up to its limit', () => {
    const pause = new RestartPause({ firstMs: 500, lastMs: 3000 });
    expect([pause.next(), pause.next(), pause.next(), pause.next(), pause.next()]).toEqual([
      500, 1000, 2000, 3000, 3000,
    ]);
  });

  test('begins anew after the process has run for a while, not when it crashed at once again', () => {
    const pause = new RestartPause({ firstMs: 500, settledMs: 60_000 });
    pause.next();
    pause.started();
    jest.advanceTimersByTime(59_000);
    expect(pause.next()).toBe(1000);
    pause.started();
    jest.advanceTimersByTime(60_000);
    expect(pause.next()).toBe(500);
  });
});
