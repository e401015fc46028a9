import { describe, expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import { whileUnavailable } from './while-unavailable.js';

const away = () => new TroupeError({ code: 'database_unavailable', fault: 'server', message: 'away', retryable: true });

describe('whileUnavailable', () => {
  test('tries again until there is an answer, and tells the work that it does', async () => {
    const tries: boolean[] = [];
    const answer = await whileUnavailable(5_000, async (retry) => {
      tries.push(retry);
      if (tries.length < 3) throw away();
      return 'stored';
    });
    expect(answer).toBe('stored');
    expect(tries).toEqual([false, true, true]);
  });

  test('gives up after its time', async () => {
    await expect(whileUnavailable(200, () => Promise.reject(away()))).rejects.toMatchObject({
      code: 'database_unavailable',
    });
  });

  test('leaves every other error alone', async () => {
    let tries = 0;
    const refused = whileUnavailable(5_000, async () => {
      tries += 1;
      throw new Error('syntax');
    });
    await expect(refused).rejects.toThrow('syntax');
    expect(tries).toBe(1);
  });
});
