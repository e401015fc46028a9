import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cancelBatch, claimBatch, createBudget, readBudget, renewBatch } from '@troupe/database';
import type { BatchCatalog } from '@troupe/spec';
import { BATCH_TIMING } from './batch-timing.js';
import { BatchStage, MODELS, prices } from './batches.test-stage.js';
import { MortalProcess } from './mortal.test-worker.js';
import { PollBatches } from './poll-batches.js';

let stage: BatchStage;
beforeAll(async () => {
  stage = await BatchStage.open();
});
afterAll(() => stage?.close());
beforeEach(() => stage.simulator.reset());

const TEXTS = ['a', 'b', 'c'];

/** One look of a process that dies on its way; true when it came to the end of the look. */
async function lookAndDie(id: string, process: MortalProcess): Promise<boolean> {
  const worker = stage.worker(process.database(stage.database), process.catalog(stage.catalog));
  const claimed = await stage.claim(id);
  return (await process.live(worker.advance(claimed, new AbortController().signal))) === 'done';
}

/** What is at the provider has time to show up, and to end. */
function letProviderWork(): void {
  for (const batch of stage.simulator.batches) batch.end();
}

describe.each(MODELS)('a batch for %s whose workers are killed', (model) => {
  test('at each step of its submission is submitted once', async () => {
    for (let step = 1, alive = false; !alive; step += 1) {
      stage.simulator.reset();
      stage.simulator.setRules([{ reply: { text: 'Hi.', usage: { inputTokens: 1_000, outputTokens: 100 } } }]);
      const tenantId = await stage.tenant();
      const budget = await createBudget(stage.database, tenantId, { scope: 'tenant', period: 'day', limit_usd: 1 });
      const batch = await stage.batch(model, TEXTS, tenantId);
      alive = await lookAndDie(batch.id, new MortalProcess(step));
      letProviderWork();
      expect([step, await stage.run(batch)]).toMatchObject([
        step,
        { status: 'completed', counts: { completed: 3 }, usage: { input_tokens: 3_000, output_tokens: 300 } },
      ]);
      expect([step, stage.simulator.batches.length]).toEqual([step, 1]);
      expect(await stage.ledger(tenantId)).toHaveLength(3);
      const { spent, reserved } = await readBudget(stage.database, tenantId, budget.id);
      expect([step, spent, reserved]).toEqual([step, expect.closeTo(0.001_65, 9), 0]);
      if (step === 1) expect(alive).toBe(false);
    }
  }, 120_000);

  test('at each step of every look ends as if nobody had died', async () => {
    stage.simulator.setRules([
      { when: { lastUserTextIncludes: 'b' }, reply: { status: 400, errorMessage: 'No.' } },
      { reply: { text: 'Hi.', usage: { inputTokens: 10, outputTokens: 2 } } },
    ]);
    const batch = await stage.batch(model, TEXTS);
    await stage.look(batch.id);
    letProviderWork();
    let step = 1;
    for (; (await stage.read(batch)).ended_at === null; step += 1) {
      await lookAndDie(batch.id, new MortalProcess(step));
      // As a batch that kills its workers it would be given up.
      await stage.change(batch.id, 'lost_claims = 0');
    }
    expect(step).toBeGreaterThan(6);
    expect(await stage.read(batch)).toMatchObject({
      status: 'completed',
      counts: { completed: 2, failed: 1, pending: 0 },
      usage: { input_tokens: 20, output_tokens: 4 },
    });
    expect(await stage.ledger(batch.tenantId)).toHaveLength(3);
  }, 120_000);

  test('at each step of a cancel is cancelled', async () => {
    for (let step = 1, alive = false; !alive; step += 1) {
      stage.simulator.reset();
      stage.simulator.scriptBatches({ hold: true, answered: 1 });
      const batch = await stage.batch(model, TEXTS);
      await stage.look(batch.id);
      await cancelBatch(stage.database, batch.tenantId, batch.id);
      alive = await lookAndDie(batch.id, new MortalProcess(step));
      expect([step, await stage.run(batch)]).toMatchObject([
        step,
        { status: 'cancelled', counts: { completed: 1, cancelled: 2 } },
      ]);
      expect(await stage.ledger(batch.tenantId)).toHaveLength(1);
    }
  }, 120_000);

  test('again and again while it is cancelled and submitted ends, and is never sent twice', async () => {
    for (let step = 1, alive = false; !alive; step += 1) {
      stage.simulator.reset();
      const batch = await stage.batch(model, TEXTS);
      alive = await lookAndDie(batch.id, new MortalProcess(step));
      await cancelBatch(stage.database, batch.tenantId, batch.id);
      letProviderWork();
      const { status, counts } = await stage.run(batch);
      const sent = stage.simulator.batches.length;
      expect([step, status, sent]).toEqual([step, sent === 0 ? 'cancelled' : 'completed', sent]);
      expect(sent).toBeLessThan(2);
      expect(counts.pending).toBe(0);
    }
  }, 120_000);
});

test('a process that slept through its lease and wakes up takes its second batch back', async () => {
  const [model] = MODELS;
  const batch = await stage.batch(model, TEXTS);
  const asleep = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  // It falls asleep after its last check, right before the request that is paid.
  const sleepy: BatchCatalog = {
    resolveBatches: (id) => {
      const real = stage.catalog.resolveBatches(id);
      return {
        model: real.model,
        accounts: real.accounts,
        limits: real.limits,
        sizeOf: (request) => real.sizeOf(request),
        find: (...given) => real.find(...given),
        status: (...given) => real.status(...given),
        results: (...given) => real.results(...given),
        cancel: (...given) => real.cancel(...given),
        submit: (requests, submission) =>
          real.submit(requests, {
            ...submission,
            beforePaying: async () => {
              await submission.beforePaying();
              reached.resolve();
              await asleep.promise;
            },
          }),
      };
    },
  };
  stage.simulator.scriptBatches({ hold: true }, { hold: true });
  const worker = stage.worker(stage.database, sleepy);
  const work = worker.advance(await stage.claim(batch.id), new AbortController().signal);
  await reached.promise;
  await stage.look(batch.id);
  expect((await stage.read(batch)).status).toBe('submitted');
  asleep.resolve();
  await work;
  const [first, second] = stage.simulator.batches;
  expect([first?.cancelRequested, second?.cancelRequested]).toEqual([false, true]);
  letProviderWork();
  expect(await stage.run(batch)).toMatchObject({ status: 'completed', counts: { completed: 3 } });
});

test('a batch that two processes have sent is taken once, and the other is cancelled', async () => {
  const [model] = MODELS;
  const batch = await stage.batch(model, TEXTS);
  stage.simulator.scriptBatches({ hold: true }, { hold: true });
  await stage.look(batch.id);
  // As if the first had been accepted so late that the second look did not find it.
  await stage.change(batch.id, `provider_batch_id = NULL, status = 'queued', intent_at = NULL`);
  await stage.look(batch.id);
  await stage.change(batch.id, `provider_batch_id = NULL, status = 'queued'`);
  await stage.look(batch.id);
  const [first, second] = stage.simulator.batches;
  expect([first?.cancelRequested, second?.cancelRequested]).toEqual([false, true]);
  first?.end();
  expect((await stage.run(batch)).status).toBe('completed');
});

test('who has lost a batch writes nothing of it', async () => {
  const [model] = MODELS;
  const batch = await stage.batch(model, TEXTS);
  await stage.look(batch.id);
  letProviderWork();
  const late = await stage.claim(batch.id);
  await stage.look(batch.id);
  const ended = await stage.read(batch);
  expect(ended.status).toBe('completed');
  expect(await renewBatch(stage.database, late, 60)).toBe(false);
  await stage.worker().advance(late, new AbortController().signal);
  expect(await stage.read(batch)).toEqual(ended);
  expect(await stage.ledger(batch.tenantId)).toHaveLength(3);
});

test('claims are for one worker each, in order of need', async () => {
  const [model] = MODELS;
  const ids = new Set<string>();
  for (let count = 0; count < 12; count += 1) ids.add((await stage.batch(model, ['a'])).id);
  const claims = await Promise.all(
    Array.from({ length: 24 }, () => claimBatch(stage.database, BATCH_TIMING.leaseSeconds)),
  );
  const claimed = claims.flatMap((claim) => (claim ? [claim.id] : []));
  expect(new Set(claimed)).toEqual(ids);
  expect(claimed).toHaveLength(12);
  expect(await claimBatch(stage.database, BATCH_TIMING.leaseSeconds)).toBeUndefined();
  for (const id of ids) await stage.change(id, `status = 'cancelled', ended_at = now()`);
});

test('many workers share the batches that are due, and stop well', async () => {
  const timing = { firstPollSeconds: 0.05, longestPollSeconds: 0.05, settleSeconds: 0.05 };
  const start = () => {
    const { database, catalog, logger } = stage;
    const poll = new PollBatches({ database, batches: catalog, prices, logger, timing, pollMs: 20 });
    poll.start();
    return poll;
  };
  const batches = [];
  for (let count = 0; count < 12; count += 1) batches.push(await stage.batch(MODELS[count % 2] ?? MODELS[0], TEXTS));
  let workers = [start(), start(), start()];
  const deadline = performance.now() + 60_000;
  for (let stops = 0; ; stops += 1) {
    const states = await Promise.all(batches.map((batch) => stage.read(batch)));
    if (states.every(({ status }) => status === 'completed')) break;
    if (performance.now() > deadline) throw new Error(`They did not end: ${states.map(({ status }) => status)}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const [oldest, ...others] = workers;
    if (stops < 10) {
      await oldest?.stop();
      workers = [...others, start()];
    } else {
      // A batch of Anthropic whose submission was cut off is known only by its results.
      letProviderWork();
    }
  }
  await Promise.all(workers.map((worker) => worker.stop()));
  expect(stage.simulator.batches).toHaveLength(12);
  for (const batch of batches) expect(await stage.ledger(batch.tenantId)).toHaveLength(3);
}, 90_000);
