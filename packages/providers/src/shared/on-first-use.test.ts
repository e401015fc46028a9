import { describe, expect, test } from '@jest/globals';
import { OnFirstUse } from './on-first-use.js';

describe('OnFirstUse', () => {
  test('makes nothing before it is asked, and one for all who ask', async () => {
    let made = 0;
    const thing = new OnFirstUse(async () => {
      made += 1;
      return { number: made };
    });
    expect(made).toBe(0);
    const [first, second] = await Promise.all([thing.get(), thing.get()]);
    expect(first).toBe(second);
    expect(thing.get()).toBe(first);
  });

  test('what could not be made is tried again', async () => {
    let tries = 0;
    const flaky = new OnFirstUse(async () => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
      return tries;
    });
    await expect(flaky.get()).rejects.toThrow('not yet');
    expect(await flaky.get()).toBe(2);
    expect(flaky.get()).toBe(2);
  });
});
