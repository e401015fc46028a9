import { describe, expect, test } from '@jest/globals';
import type { JsonValue } from '@troupe/contracts';
import { z } from 'zod';
import { outputFormat } from './output-format.js';
import { OutputStream } from './output-stream.js';

const format = outputFormat(z.object({ items: z.array(z.string()) }));

/** A run whose deltas come one by one, a millisecond apart, each read before the next comes. */
async function snapshotsOf(deltas: readonly string[], intervalMs: number): Promise<JsonValue[]> {
  let now = 0;
  const stream = new OutputStream(format, () => now, intervalMs);
  const snapshots: JsonValue[] = [];
  const reading = (async () => {
    for await (const snapshot of stream.snapshots()) snapshots.push(snapshot);
  })();
  for (const delta of deltas) {
    now += 1;
    stream.onEvent({ type: 'text.delta', data: { delta } });
    await new Promise(setImmediate);
  }
  stream.end();
  await reading;
  return snapshots;
}

describe('OutputStream', () => {
  test('tells what is there of the output', async () => {
    expect(await snapshotsOf(['Here: {"it', 'ems":["a"', ',"b', 'c"]} Done.'], 0)).toEqual([
      {},
      { items: ['a'] },
      { items: ['a', 'b'] },
      { items: ['a', 'bc'] },
    ]);
  });

  test('tells it at a bounded rate, and the end always', async () => {
    const text = JSON.stringify({ items: Array.from({ length: 100 }, (_, index) => `item ${index}`) });
    const snapshots = await snapshotsOf([...text], 50);
    expect(snapshots.length).toBeGreaterThan(text.length / 50 - 1);
    expect(snapshots.length).toBeLessThan(text.length / 50 + 3);
    expect(snapshots.at(-1)).toEqual(JSON.parse(text));
  });

  test('a reader that is slow gets what is newest', async () => {
    const stream = new OutputStream(format, () => 0, 0);
    for (const delta of ['{"items":["a"', ',"b"', ',"c"]}']) stream.onEvent({ type: 'text.delta', data: { delta } });
    stream.end();
    const snapshots: JsonValue[] = [];
    for await (const snapshot of stream.snapshots()) snapshots.push(snapshot);
    expect(snapshots).toEqual([{ items: ['a', 'b', 'c'] }]);
  });

  test('parses each character once: twice the text takes about twice the time', async () => {
    const deltasOf = (count: number) => {
      const items = Array.from({ length: count }, (_, index) => `the text of item ${index}, of an ordinary length`);
      return JSON.stringify({ items }).match(/.{1,4}/gs) ?? [];
    };
    const measure = (count: number) => {
      const stream = new OutputStream(format, () => 0);
      const deltas = deltasOf(count);
      const startedAt = performance.now();
      for (const delta of deltas) stream.onEvent({ type: 'text.delta', data: { delta } });
      return performance.now() - startedAt;
    };
    measure(5_000);
    const small = Math.min(measure(5_000), measure(5_000), measure(5_000));
    const large = Math.min(measure(40_000), measure(40_000), measure(40_000));
    // Eight times the text; parsing it again for every delta would take sixty-four times as long.
    expect(large / small).toBeLessThan(24);
  });
});
