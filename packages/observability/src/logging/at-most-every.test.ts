import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { atMostEvery } from './at-most-every.js';

test('passes the first call on, and the next after the interval', async () => {
  const written: number[] = [];
  const write = atMostEvery(50, (value: number) => written.push(value));
  for (let value = 0; value < 10; value += 1) write(value);
  expect(written).toEqual([0]);
  await sleep(60);
  write(10);
  write(11);
  expect(written).toEqual([0, 10]);
});
