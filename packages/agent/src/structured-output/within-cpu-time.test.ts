import { describe, expect, test } from '@jest/globals';
import { withinCpuTime } from './within-cpu-time.js';

/** Waits without working, as a process does that does not get the processor. */
function heldUp(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

describe('withinCpuTime', () => {
  test('work that is done at once is done once', () => {
    let done = 0;
    let ended = 0;
    const result = withinCpuTime(
      1_000,
      () => ++done,
      () => ended++,
    );
    expect({ result, ended }).toEqual({ result: { result: 1 }, ended: 0 });
  });

  test('a process that is held up for longer than the work may take begins it anew', () => {
    let begun = 0;
    let ended = 0;
    const work = () => {
      begun += 1;
      if (begun <= 4) heldUp(2_000);
      return begun;
    };
    expect(withinCpuTime(20, work, () => ended++)).toEqual({ result: 5 });
    expect(ended).toBe(4);
  });

  test('work without an end is ended, and not begun for ever', () => {
    let ended = 0;
    const work = () => {
      for (;;);
    };
    expect(withinCpuTime(100, work, () => ended++)).toBeUndefined();
    expect(ended).toBeGreaterThan(0);
  });

  test('what the work throws is thrown', () => {
    const work = () => {
      throw new Error('of the work');
    };
    expect(() => withinCpuTime(1_000, work, () => undefined)).toThrow('of the work');
  });
});
