import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createLogger } from '@troupe/observability';
import { SweepOldRows } from './sweep-old-rows.js';

const logger = createLogger({ name: 'test', level: 'silent' });

describe('SweepOldRows', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('looks about once a minute, and every second or so while there is more', async () => {
    let looks = 0;
    const old = new SweepOldRows({ sweeps: [async () => ++looks < 10], logger });
    old.start();
    await jest.advanceTimersByTimeAsync(29_000);
    expect(looks).toBe(0);
    await jest.advanceTimersByTimeAsync(61_000 + 10 * 1_500);
    // Ten in a row, and perhaps the first of the next minute.
    expect([10, 11]).toContain(looks);
    await jest.advanceTimersByTimeAsync(600_000);
    expect(looks).toBeGreaterThan(15);
    expect(looks).toBeLessThan(32);
    old.stop();
  });

  test('one that fails holds up no other, and is tried again', async () => {
    let [failures, looks] = [0, 0];
    const fail = async () => {
      failures += 1;
      throw new Error('away');
    };
    const old = new SweepOldRows({ sweeps: [fail, async () => ++looks < 0], logger });
    old.start();
    await jest.advanceTimersByTimeAsync(200_000);
    expect(looks).toBeGreaterThan(1);
    expect(failures).toBe(looks);
    old.stop();
    await jest.advanceTimersByTimeAsync(200_000);
    expect(jest.getTimerCount()).toBe(0);
  });
});
