import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { testRedisUrl } from '@troupe/testing';
import { Redis } from 'ioredis';

const redis = new Redis(testRedisUrl());
const children: ChildProcess[] = [];
const source = resolve(import.meta.dirname, '..');
const compile = resolve(import.meta.dirname, '../../../../tooling/checks/import-typescript.mjs');

afterAll(async () => {
  await Promise.all(children.map(end));
  redis.disconnect();
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test('several processes, two of them killed, never pass a limit together, and use nearly all of it', async () => {
  const prefix = `test:${newId()}`;
  const limits = { rpm: 300, tpm: 24_000 };
  const windows = { minuteMs: 3_000, dayMs: 86_400_000 };
  const scope = { provider: 'test', account: 'first', model: 'model' };
  const args = [testRedisUrl(), prefix, limits, windows, scope].map((arg) =>
    typeof arg === 'string' ? arg : JSON.stringify(arg),
  );
  for (let count = 0; count < 4; count++) {
    const main = resolve(source, 'testing/competing-process/main.ts');
    children.push(
      spawn(process.execPath, ['--import', compile, main, ...args], { stdio: ['ignore', 'ignore', 'inherit'] }),
    );
  }
  const calls = `${prefix}:{test:first:model}:calls`;
  while ((await redis.hlen(calls)) < 200) await sleep(50);
  await Promise.all(children.slice(0, 2).map(end));
  while ((await redis.hlen(calls)) < 1_600) await sleep(50);
  await Promise.all(children.map(end));

  // Nothing was settled, so every call that was ever admitted is still there, with the server's own time.
  const times = (await redis.hvalsBuffer(calls))
    .map((packed) => packed.readDoubleLE(16))
    .sort((one, other) => one - other);
  for (const [index, at] of times.entries()) {
    let end = index;
    while ((times[end] ?? Number.POSITIVE_INFINITY) < at + 3_000) end += 1;
    expect(end - index).toBeLessThanOrEqual(240);
  }
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  expect(times.length / ((last - first) / 3_000)).toBeGreaterThanOrEqual(0.9 * 240);
}, 120_000);
