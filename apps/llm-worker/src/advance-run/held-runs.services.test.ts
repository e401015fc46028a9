import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeLimit, setLimit, wakeHeldRuns } from '@troupe/database';
import { answer } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';

/** Every worker has looked at the limits once more by then. Milliseconds. */
const AFTER_LOOK_MS = 5_500;
const EVERY_MODEL = { provider: 'scripted', model: '*' };

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
  await setLimit(stage.database, { ...EVERY_MODEL, rpm: 1 });
  await stage.startWorker();
});
afterAll(() => stage?.close());

/** Runs that a limit of one request a minute holds for most of a minute. */
async function holdTwo(): Promise<string[]> {
  const runs = [await stage.accept([answer('One.')]), await stage.accept([answer('Two.')])];
  const ids = runs.map(({ runId }) => runId);
  for (const id of ids) {
    const run = await stage.until(id, ({ wait_kind }) => wait_kind === 'rate_limit');
    expect(run.status).toBe('waiting');
  }
  return ids;
}

async function wakeAll(afterMs: number) {
  const woken = [];
  for await (const batch of wakeHeldRuns(stage.database, { ...EVERY_MODEL, afterMs })) woken.push(...batch);
  return woken;
}

describe('runs that wait for a limit', () => {
  test('go when it is raised, in the order of their line, and without a ring', async () => {
    const { runId } = await stage.accept([answer('First.')]);
    await stage.ended(runId);
    const ids = await holdTwo();
    await setLimit(stage.database, { ...EVERY_MODEL, rpm: 1_000 });
    const woken = await wakeAll(AFTER_LOOK_MS);
    expect(woken.map((run) => run.runId)).toEqual(ids);
    const [first, second] = woken.map(({ wakeInMs }) => wakeInMs);
    expect(first).toBeCloseTo(AFTER_LOOK_MS, 0);
    expect(second).toBeGreaterThan(first ?? 0);
    for (const id of ids) expect(await stage.ended(id)).toMatchObject({ status: 'completed' });
  });

  test('that sleep no longer than that are left alone', async () => {
    await removeLimit(stage.database, EVERY_MODEL);
    expect(await wakeAll(0)).toEqual([]);
  });
});
