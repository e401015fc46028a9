import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { cancelRun, dispatchToolCall } from '@troupe/database';
import { connectForCommands, signalCancel } from '@troupe/queues';
import { HeldTool, Stage, until } from '../tool-worker.test-stage.js';

jest.setTimeout(60_000);

let stage: Stage;
let look: HeldTool;
let pay: HeldTool;
beforeEach(async () => {
  stage = await Stage.open();
  look = new HeldTool('look', 'read');
  pay = new HeldTool('pay', 'effect');
});
afterEach(() => stage.close());

const bothSent = () => until('both tools run', () => look.sent === 1 && pay.sent === 1);
async function resultsOf(runId: string) {
  const results: { [Name in 'look' | 'pay']?: { state: string; result: string | null } } = {};
  for (const { name, state, result } of await stage.calls(runId)) results[name as 'look' | 'pay'] = { state, result };
  return results;
}

/** Leaves every call as a worker leaves it that sent it and died. */
async function dieDuring(runId: string): Promise<void> {
  for (const { id } of await stage.sql<{ id: string }>('SELECT id FROM tool_calls WHERE run_id = $1', [runId])) {
    await dispatchToolCall(stage.database, id, -1);
  }
}

test('a tool that takes many times its lease keeps its call', async () => {
  const runId = await stage.call(look);
  await stage.startWorker([look]);
  await stage.startWorker([look]);
  await until('the tool runs', () => look.sent === 1);
  const [first] = await stage.sql<{ lease_until: Date }>('SELECT lease_until FROM tool_calls', []);
  await until('the lease is over and was renewed', async () => {
    const [call] = await stage.sql<{ lease_until: Date; now: Date }>('SELECT lease_until, now() FROM tool_calls', []);
    return call && first && call.now.getTime() > first.lease_until.getTime() + 2_500 && call.lease_until > call.now;
  });
  look.finish('seen');
  await until('the result', () => stage.round(runId));
  expect(look.sent).toBe(1);
  expect(await stage.calls(runId)).toEqual([{ name: 'look', state: 'completed', result: 'seen' }]);
});

describe('a cancel', () => {
  test.each([
    ['by the signal, long before the heartbeat', 300],
    ['by the heartbeat, when the signal is lost', 1.5],
  ])('stops the tools of its run %s', async (_how, leaseSeconds) => {
    const commands = stage.connect(connectForCommands);
    const runId = await stage.call(look, pay);
    await stage.startWorker([look, pay], { leaseSeconds });
    await bothSent();
    await cancelRun(stage.database, stage.tenantId, runId);
    if (leaseSeconds > 5) signalCancel(commands, runId);
    await until('both are stopped', () => look.stopped === 1 && pay.stopped === 1, 5_000);
    const results = await until('both are told', async () => {
      const told = await resultsOf(runId);
      return told.look?.result && told.pay?.result ? told : undefined;
    });
    expect(results.look?.state).toBe('cancelled');
    expect(results.pay).toEqual({
      state: 'unknown',
      result: expect.stringMatching(/^Outcome unknown: the run ended/),
    });
    expect((await stage.read(runId)).status).toBe('cancelled');
  });

  test('settles the calls of a worker that died, too', async () => {
    const runId = await stage.call(look, pay);
    await dieDuring(runId);
    await cancelRun(stage.database, stage.tenantId, runId);
    await stage.startWorker([look, pay]);
    await until('both are told', async () => (await stage.calls(runId)).every(({ result }) => result !== null));
    expect((await stage.calls(runId)).map(({ state }) => state)).toEqual(['cancelled', 'unknown']);
    expect([look.sent, pay.sent]).toEqual([0, 0]);
  });
});

test('calls of a worker that died: one that may repeat is sent again, the other is told to be unknown', async () => {
  const runId = await stage.call(look, pay);
  await dieDuring(runId);
  look.finish('seen');
  await stage.startWorker([look, pay]);
  await until('the round is over', () => stage.round(runId));
  expect(await resultsOf(runId)).toEqual({
    look: { state: 'completed', result: 'seen' },
    pay: { state: 'unknown', result: expect.stringMatching(/^Outcome unknown: the worker that ran this tool died/) },
  });
  expect([look.sent, pay.sent]).toEqual([1, 0]);
});

describe('a worker that is told to stop', () => {
  test('hands back what may be sent again, and lets the other have its time', async () => {
    const runId = await stage.call(look, pay);
    const worker = await stage.startWorker([look, pay], { graceMs: 100 });
    await bothSent();
    const stopped = worker.stop();
    await until('the read is handed back', async () => (await resultsOf(runId)).look?.state === 'prepared');
    pay.finish('paid');
    await stopped;
    look.finish('seen');
    await stage.startWorker([look, pay]);
    await until('the round is over', () => stage.round(runId));
    expect(await resultsOf(runId)).toEqual({
      look: { state: 'completed', result: 'seen' },
      pay: { state: 'completed', result: 'paid' },
    });
    expect([look.sent, pay.sent, look.keys.size]).toEqual([2, 1, 1]);
  });

  test('tells that it does not know what a tool did that takes longer', async () => {
    const runId = await stage.call(pay);
    const worker = await stage.startWorker([pay], { graceMs: 100 });
    await until('the tool runs', () => pay.sent === 1);
    await worker.stop();
    await until('the round is over', () => stage.round(runId));
    expect((await resultsOf(runId)).pay).toEqual({
      state: 'unknown',
      result: expect.stringMatching(/^Outcome unknown: the worker that ran this tool was shut down/),
    });
  });
});

test('a result that Postgres cannot take is stored when it is back, before anybody calls it unknown', async () => {
  const runId = await stage.call(pay);
  await stage.startWorker([pay]);
  await stage.startWorker([pay]);
  await until('the tool runs', () => pay.sent === 1);
  await stage.proxy.goAway();
  pay.finish('paid');
  // Longer than the lease: every other worker will find the call without an owner.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await stage.proxy.comeBack();
  await until('the round is over', () => stage.round(runId));
  expect(await resultsOf(runId)).toEqual({ pay: { state: 'completed', result: 'paid' } });
  expect(pay.sent).toBe(1);
});
