import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import { Gatherer } from './gatherer.js';

const outage = new TroupeError({ code: 'database_unavailable', fault: 'server', message: 'away', retryable: true });

/** Carries out nothing before it is told to, and answers each number with its square. */
class Statement {
  readonly batches: number[][] = [];
  readonly #open: PromiseWithResolvers<void>[] = [];

  readonly together = async (inputs: readonly number[]): Promise<number[]> => {
    this.batches.push([...inputs]);
    const answer = Promise.withResolvers<void>();
    this.#open.push(answer);
    await answer.promise;
    return inputs.map((input) => input * input);
  };

  async answer(error?: Error): Promise<void> {
    const answer = this.#open.shift();
    if (error) answer?.reject(error);
    else answer?.resolve();
    await turnOfTheLoop();
  }
}

/** Until everything has happened that needs no time. */
async function turnOfTheLoop(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a gatherer', () => {
  test('carries out at once what comes alone', async () => {
    const gatherer = new Gatherer<number, number>({ together: async (inputs) => inputs.map((n) => -n), most: 16 });
    expect(await gatherer.add(1)).toBe(-1);
    expect(await gatherer.add(2)).toBe(-2);
  });

  test('what comes while a batch is under way makes up the next, and each gets its own answer', async () => {
    const statement = new Statement();
    const gatherer = new Gatherer({ together: statement.together, most: 16 });
    const first = [gatherer.add(1), gatherer.add(2)];
    await turnOfTheLoop();
    const later = [gatherer.add(3), gatherer.add(4), gatherer.add(5)];
    await turnOfTheLoop();
    expect(statement.batches).toEqual([[1, 2]]);
    await statement.answer();
    expect(statement.batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    await statement.answer();
    expect(await Promise.all([...first, ...later])).toEqual([1, 4, 9, 16, 25]);
  });

  test('a batch has no more than it may have', async () => {
    const statement = new Statement();
    const gatherer = new Gatherer({ together: statement.together, most: 2 });
    const all = Promise.all([1, 2, 3, 4, 5].map((input) => gatherer.add(input)));
    for (let batch = 0; batch < 3; batch++) {
      await turnOfTheLoop();
      await statement.answer();
    }
    expect(statement.batches).toEqual([[1, 2], [3, 4], [5]]);
    expect(await all).toEqual([1, 4, 9, 16, 25]);
  });

  test('a batch that takes long keeps nobody else waiting', async () => {
    const statement = new Statement();
    const gatherer = new Gatherer({ together: statement.together, most: 16 });
    const locked = gatherer.add(1);
    await turnOfTheLoop();
    const free = gatherer.add(2);
    while (statement.batches.length < 2) await sleep(20);
    expect(statement.batches).toEqual([[1], [2]]);
    await statement.answer();
    await statement.answer();
    expect(await Promise.all([locked, free])).toEqual([1, 4]);
  });

  test('one that is refused takes no other with it', async () => {
    const tried: number[][] = [];
    const gatherer = new Gatherer<number, number>({
      together: async (inputs) => {
        tried.push([...inputs]);
        if (inputs.includes(2)) throw new Error('2 is refused');
        return [...inputs];
      },
      most: 16,
    });
    const all = await Promise.allSettled([1, 2, 3].map((input) => gatherer.add(input)));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(tried).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  test('an outage is told to all of them; none is tried again behind their backs', async () => {
    const statement = new Statement();
    const gatherer = new Gatherer({ together: statement.together, most: 16 });
    const all = Promise.allSettled([1, 2].map((input) => gatherer.add(input)));
    await turnOfTheLoop();
    await statement.answer(outage);
    expect(await all).toEqual([
      { status: 'rejected', reason: outage },
      { status: 'rejected', reason: outage },
    ]);
    expect(statement.batches).toEqual([[1, 2]]);
  });
});
