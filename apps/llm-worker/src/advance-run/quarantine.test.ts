import { describe, expect, test } from '@jest/globals';
import type { ClaimedRun } from '@troupe/database';
import { Quarantine } from './quarantine.js';

const suspect = { crashCount: 3 } as ClaimedRun;
const { signal } = new AbortController();

describe('Quarantine', () => {
  test('a run that nobody suspects is worked on at once, beside others', async () => {
    const quarantine = new Quarantine({ turns: () => 100, maxWaitMs: 60_000 });
    const innocent = { crashCount: 2 } as ClaimedRun;
    expect(await quarantine.work(innocent, signal, async () => quarantine.closed)).toBe(false);
  });

  test('a suspect waits until it is alone, and nobody is let in meanwhile', async () => {
    let turns = 3;
    const quarantine = new Quarantine({ turns: () => turns, maxWaitMs: 60_000 });
    let begun = false;
    const work = quarantine.work(suspect, signal, async () => {
      begun = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect([quarantine.closed, begun]).toEqual([true, false]);
    turns = 1;
    await work;
    expect([quarantine.closed, begun]).toEqual([false, true]);
  });

  test('it does not wait for ever', async () => {
    const quarantine = new Quarantine({ turns: () => 2, maxWaitMs: 100 });
    expect(await quarantine.work(suspect, signal, async () => 'done')).toBe('done');
  });

  test('work that fails opens the door again', async () => {
    const quarantine = new Quarantine({ turns: () => 1, maxWaitMs: 100 });
    await expect(quarantine.work(suspect, signal, () => Promise.reject(new Error('No.')))).rejects.toThrow('No.');
    expect(quarantine.closed).toBe(false);
  });
});
