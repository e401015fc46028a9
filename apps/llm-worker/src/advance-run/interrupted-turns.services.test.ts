import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { newId, TroupeError } from '@troupe/contracts';
import {
  appendEvents,
  cancelRun,
  claimRun,
  commitStep,
  dispatchToolCall,
  type NewMessage,
  type NewToolCall,
  pauseRun,
  resumeRun,
} from '@troupe/database';
import { connectForCommands, connectForSubscribing, signalCancel } from '@troupe/queues';
import { RunEventHub } from '@troupe/run-log';
import { answer, callTools } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';

const SAID = [{ type: 'text.delta', delta: 'Let me think' }] as const;

jest.setTimeout(60_000);

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.close());

const seconds = (n: number) => new Promise((resolve) => setTimeout(resolve, n * 1_000));
const running = (runId: string) => stage.until(runId, ({ status }) => status === 'running');
const called = async (model: { requests: readonly unknown[] }, times = 1) => {
  while (model.requests.length < times) await new Promise((resolve) => setTimeout(resolve, 10));
};
const endLease = (runId: string) =>
  stage.sql(`UPDATE runs SET lease_until = now() - interval '1 second' WHERE id = $1`, [runId]);

/** A worker that claimed a run, streamed, and died. */
async function dieDuring(runId: string, delta?: string): Promise<void> {
  const claimed = await claimRun(stage.database, runId, 'dead', 60);
  if (!claimed) throw new Error('The run could not be claimed.');
  const { attempt } = claimed;
  if (delta) {
    const events = [{ type: 'text.delta' as const, data: { delta } }];
    await appendEvents(stage.database, [{ runId, attempt, firstN: 1, events }]);
  }
  await endLease(runId);
}

describe('the ledger', () => {
  test('has a row for the call of every worker that died, written once by the one that goes on', async () => {
    const { runId } = await stage.accept([answer('Hi')]);
    await dieDuring(runId, 'x'.repeat(40));
    await dieDuring(runId);
    await stage.startWorker();
    const run = await stage.ended(runId);
    const ledger = await stage.ledger(runId);
    const input_tokens = ledger[0]?.input_tokens ?? 0;
    expect(input_tokens).toBeGreaterThan(5);
    expect(ledger).toEqual([
      { attempt: 1, outcome: 'abandoned', input_tokens, output_tokens: 10, estimated: true },
      { attempt: 2, outcome: 'abandoned', input_tokens, output_tokens: 0, estimated: true },
      { attempt: 3, outcome: 'completed', input_tokens: 10, output_tokens: 5, estimated: false },
    ]);
    expect(run.usage).toMatchObject({ input_tokens: 2 * input_tokens + 10, output_tokens: 15 });
    expect((await stage.events(runId)).at(-1)?.data).toMatchObject({ usage: run.usage });
  });

  test('has a row for every call of an attempt that died over a later one', async () => {
    const limited = new TroupeError({
      code: 'provider_rate_limited',
      fault: 'upstream',
      retryable: true,
      message: 'Slow down.',
    });
    const { runId, model } = await stage.accept([{ type: 'error', error: limited }, { type: 'hang' }, answer('Hi')]);
    // As good as dead: it hangs, and its heartbeat is far off.
    await stage.startWorker({ leaseSeconds: 300 });
    await called(model, 2);
    expect(await stage.ledger(runId)).toMatchObject([{ attempt: 1, outcome: 'provider_rate_limited' }]);
    await endLease(runId);
    await stage.startWorker();
    await stage.ended(runId);
    expect((await stage.ledger(runId)).map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'provider_rate_limited'],
      [1, 'abandoned'],
      [2, 'completed'],
    ]);
  });

  test('has a row for the call of an attempt that lost its run, which changes nothing else', async () => {
    await stage.startWorker();
    const { runId, model } = await stage.accept([{ type: 'hang', after: SAID }]);
    await called(model);
    await endLease(runId);
    expect(await claimRun(stage.database, runId, 'other', 60)).toMatchObject({ attempt: 2, lostAttempts: [1] });
    let ledger = await stage.ledger(runId);
    while (ledger.length === 0) ledger = await stage.ledger(runId);
    expect(ledger).toEqual([
      { attempt: 1, outcome: 'abandoned', input_tokens: expect.any(Number), output_tokens: 3, estimated: true },
    ]);
    expect(ledger[0]?.input_tokens).toBeGreaterThan(5);
    expect(await stage.read(runId)).toMatchObject({ status: 'running', attempt: 2, usage: { total_tokens: 0 } });
  });

  test('has the true numbers of an answer that came too late to be kept', async () => {
    const late = Promise.withResolvers<void>();
    await stage.startWorker({ leaseSeconds: 60 });
    const { runId, model } = await stage.accept([answer('Too late')]);
    const stream = model.stream.bind(model);
    model.stream = async function* (request, options) {
      for await (const event of stream(request, options)) {
        if (event.type === 'completed') await late.promise;
        yield event;
      }
    };
    await called(model);
    await endLease(runId);
    await claimRun(stage.database, runId, 'other', 60);
    late.resolve();
    let ledger = await stage.ledger(runId);
    while (ledger.length === 0) ledger = await stage.ledger(runId);
    expect(ledger).toEqual([
      { attempt: 1, outcome: 'completed', input_tokens: 10, output_tokens: 5, estimated: false },
    ]);
  });

  test('estimates what a broken call had read, and nothing for one that was refused', async () => {
    const failure = (code: 'provider_stream_interrupted' | 'provider_authentication_failed', retryable: boolean) =>
      new TroupeError({ code, fault: 'server', message: 'No.', retryable });
    const { runId } = await stage.accept([
      { type: 'error', error: failure('provider_stream_interrupted', true), after: SAID },
      { type: 'error', error: failure('provider_authentication_failed', false) },
    ]);
    await stage.startWorker();
    // Ours to mend, and yet it is the provider that said no.
    expect(await stage.ended(runId)).toMatchObject({ status: 'failed', stop_reason: 'provider_error' });
    const [cut, refused] = await stage.ledger(runId);
    expect(cut).toMatchObject({ outcome: 'provider_stream_interrupted', output_tokens: 3, estimated: true });
    expect(cut?.input_tokens).toBeGreaterThan(5);
    expect(refused).toMatchObject({ outcome: 'provider_authentication_failed', input_tokens: 0, output_tokens: 0 });
  });
});

describe('a run with which workers died again and again', () => {
  const die = (runId: string, times: number) =>
    stage.sql('UPDATE runs SET crash_count = $2 WHERE id = $1', [runId, times]);

  test('is worked on alone, so that no other is given up with it', async () => {
    const suspect = await stage.accept([{ type: 'hang' }]);
    await die(suspect.runId, 3);
    await stage.startWorker();
    await called(suspect.model);
    const other = await stage.accept([answer('At last')]);
    // Long enough for its job, and for the looks of a worker that would take it.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect((await stage.read(other.runId)).attempt).toBe(0);
    await cancelRun(stage.database, stage.tenantId, suspect.runId);
    expect(await stage.ended(other.runId)).toMatchObject({ status: 'completed' });
  });

  test('is given up after the fifth', async () => {
    const { runId } = await stage.accept([]);
    await die(runId, 5);
    await stage.startWorker();
    expect(await stage.ended(runId)).toMatchObject({ status: 'failed', stop_reason: 'poisoned' });
  });
});

describe('a worker that dies', () => {
  test('leaves a run that another finds by itself and takes over', async () => {
    const { runId } = await stage.accept([answer('Hi')], { ring: false });
    await dieDuring(runId, 'Half a sen');
    await stage.startWorker();
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed', attempt: 2 });
    expect((await stage.events(runId)).find(({ type }) => type === 'step.restarted')?.data).toEqual({
      step: 0,
      withdraw_after: '0-1',
    });
  });

  test('may only be silent for a while: who begins to look leaves others the time to renew their leases', async () => {
    const { runId } = await stage.accept([answer('Hi')], { ring: false });
    await dieDuring(runId);
    // A third of the lease, 10 s; a worker looks every second to three.
    await stage.startWorker({ leaseSeconds: 30 });
    await seconds(6);
    expect(await stage.read(runId)).toMatchObject({ status: 'running', attempt: 1 });
  });

  test('may be the fourth of its run; one that has killed five is given up without another call', async () => {
    const [four, five] = [await stage.accept([answer('Hi')]), await stage.accept([answer('Never')])];
    for (let death = 1; death <= 4; death++) await dieDuring(four.runId);
    for (let death = 1; death <= 5; death++) await dieDuring(five.runId);
    await stage.startWorker();
    expect(await stage.ended(four.runId)).toMatchObject({ status: 'completed', attempt: 5 });
    expect(await stage.ended(five.runId)).toMatchObject({
      status: 'failed',
      stop_reason: 'poisoned',
      error: { code: 'run_poisoned' },
    });
    expect(five.model.requests).toHaveLength(0);
  });
});

test('a cancel reaches a turn at once, long before the heartbeat', async () => {
  await stage.startWorker({ leaseSeconds: 300, turnSeconds: 600 });
  const commands = stage.connect(connectForCommands);
  const { runId, model } = await stage.accept([{ type: 'hang', after: SAID }]);
  await called(model);
  await cancelRun(stage.database, stage.tenantId, runId);
  signalCancel(commands, runId);
  const ended = await stage.until(runId, (run) => run.finished_at !== null, 5_000);
  expect(ended).toMatchObject({ status: 'cancelled' });
  expect(await stage.ledger(runId)).toMatchObject([{ outcome: 'aborted', estimated: true }]);
});

test('a cancel in the last moment of a turn ends the run before a tool is called', async () => {
  await stage.startWorker({ leaseSeconds: 300 });
  const { runId, model } = await stage.accept([callTools([{ name: 'calculate', arguments: { expression: '2+2' } }])]);
  const held = Promise.withResolvers<void>();
  const stream = model.stream.bind(model);
  model.stream = async function* (request, options) {
    await held.promise;
    yield* stream(request, options);
  };
  await running(runId);
  // Nobody tells the worker, and its heartbeat is far off.
  await cancelRun(stage.database, stage.tenantId, runId);
  held.resolve();
  expect(await stage.ended(runId)).toMatchObject({ status: 'cancelled', stop_reason: 'cancelled' });
  const calls = await stage.sql('SELECT state, dispatches FROM tool_calls WHERE run_id = $1', [runId]);
  expect(calls).toEqual([{ state: 'cancelled', dispatches: 0 }]);
});

test('a run whose worker died before it could end it for its cancel is ended by another, and no tool is called', async () => {
  const { runId } = await stage.accept([]);
  const claimed = await claimRun(stage.database, runId, 'dying', 60);
  if (!claimed) throw new Error('The run could not be claimed.');
  await cancelRun(stage.database, stage.tenantId, runId);
  const call = { id: newId(), step: 1, index: 0, call_id: 'call_1', name: 'calculate', arguments: {}, effect: 'read' };
  const answered = { id: newId(), parent_id: claimed.headMessageId, role: 'tool', content: [], model: null };
  const committed = await commitStep(stage.database, {
    runId,
    attempt: claimed.attempt,
    next: { status: 'waiting', waitKind: 'tool', pendingToolCalls: 1 },
    steps: [],
    messages: [answered as NewMessage],
    toolCalls: [{ ...call, message_id: answered.id } as NewToolCall],
    ledger: [],
    followUps: [],
    events: [],
    firstEvent: 1,
  });
  expect(committed?.cancelRequested).toBe(true);
  expect(await dispatchToolCall(stage.database, call.id, 60)).toBeUndefined();
  await stage.startWorker();
  expect(await stage.ended(runId)).toMatchObject({ status: 'cancelled', stop_reason: 'cancelled' });
  expect((await stage.events(runId)).at(-1)?.type).toBe('run.cancelled');
});

test('a turn that takes too long is given up and tried again', async () => {
  await stage.startWorker({ turnSeconds: 0.3 });
  const { runId } = await stage.accept([{ type: 'hang' }, answer('Quick now')]);
  const waiting = await stage.until(runId, ({ wait_kind }) => wait_kind === 'timer');
  expect(waiting.status).toBe('waiting');
  expect(await stage.ended(runId)).toMatchObject({ status: 'completed', attempt: 2 });
  expect((await stage.ledger(runId)).map(({ outcome }) => outcome)).toEqual(['turn_timeout', 'completed']);
  expect((await stage.events(runId)).find(({ type }) => type === 'run.waiting')?.data).toMatchObject({ kind: 'timer' });
});

describe('a pause', () => {
  test('lets the turn finish, then the run rests and says so, until it is resumed', async () => {
    await stage.startWorker({ leaseSeconds: 300 });
    const { runId, model } = await stage.accept([
      callTools([{ name: 'calculate', arguments: {} }]),
      answer('It goes on.'),
    ]);
    const held = Promise.withResolvers<void>();
    const stream = model.stream.bind(model);
    model.stream = async function* (request, options) {
      if (model.requests.length === 0) await held.promise;
      yield* stream(request, options);
    };
    await running(runId);
    await pauseRun(stage.database, stage.tenantId, runId);
    held.resolve();
    await stage.until(runId, ({ wait_kind }) => wait_kind === 'pause');
    const events = async () => (await stage.events(runId)).map(({ type, data }) => ({ type, data }));
    let last = (await events()).at(-1);
    while (last?.type !== 'run.waiting') last = (await events()).at(-1);
    expect(last).toEqual({ type: 'run.waiting', data: { kind: 'pause' } });
    expect(model.requests).toHaveLength(1);
    await resumeRun(stage.database, stage.tenantId, runId);
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed', attempt: 2 });
  });

  test('holds for a run whose worker died in it', async () => {
    const { runId, model } = await stage.accept([answer('Hi')]);
    await dieDuring(runId);
    await pauseRun(stage.database, stage.tenantId, runId);
    await endLease(runId);
    await stage.startWorker();
    await stage.until(runId, ({ wait_kind }) => wait_kind === 'pause');
    expect(model.requests).toHaveLength(0);
    expect(await stage.ledger(runId)).toMatchObject([{ attempt: 1, outcome: 'abandoned' }]);
    await resumeRun(stage.database, stage.tenantId, runId);
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed' });
  });
});

describe('a worker that is told to stop', () => {
  const countsOf = async (runId: string) => {
    const [counts] = await stage.sql<{ crash_count: number; retry_count: number }>(
      'SELECT crash_count, retry_count FROM runs WHERE id = $1',
      [runId],
    );
    return counts;
  };

  test('hands back a turn that does not end in time; nothing is held against the run', async () => {
    const worker = await stage.startWorker({ graceMs: 200 });
    const { runId, model } = await stage.accept([{ type: 'hang', after: SAID }, answer('Hi')]);
    await called(model);
    await worker.stop();
    expect(await stage.read(runId)).toMatchObject({ status: 'queued', wait_kind: null });
    expect(await countsOf(runId)).toEqual({ crash_count: 0, retry_count: 0 });
    await stage.startWorker();
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed', attempt: 2 });
    expect((await stage.events(runId)).find(({ type }) => type === 'step.restarted')?.data).toEqual({
      step: 0,
      withdraw_after: '0-1',
    });
    expect((await stage.ledger(runId)).map(({ outcome }) => outcome)).toEqual(['aborted', 'completed']);
  });

  test('finishes a turn that does, and takes no other run', async () => {
    const held = Promise.withResolvers<void>();
    const worker = await stage.startWorker();
    const { runId, model } = await stage.accept([answer('In time')]);
    const stream = model.stream.bind(model);
    const asked = Promise.withResolvers<void>();
    model.stream = async function* (request, options) {
      asked.resolve();
      await held.promise;
      yield* stream(request, options);
    };
    await asked.promise;
    const stopped = worker.stop();
    const other = await stage.accept([answer('Never')]);
    setTimeout(held.resolve, 3_500);
    await stopped;
    expect(await stage.read(runId)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(await stage.read(other.runId)).toMatchObject({ status: 'queued', attempt: 0 });
  });
});

describe('Postgres is away', () => {
  /** A worker whose model answers when it is told to, and a run that it has begun. */
  async function begun(text: string) {
    await stage.startWorker({ database: await stage.connectDatabase() });
    const held = Promise.withResolvers<void>();
    const { runId, model } = await stage.accept([answer(text)]);
    const stream = model.stream.bind(model);
    const asked = Promise.withResolvers<void>();
    model.stream = async function* (request, options) {
      asked.resolve();
      await held.promise;
      yield* stream(request, options);
    };
    await asked.promise;
    return { runId, model, release: held.resolve };
  }
  test('an answer waits until it can be stored, and is kept if nobody took the run over', async () => {
    const { runId, model, release } = await begun('Worth keeping');
    await stage.proxy.goAway();
    release();
    // Longer than the lease.
    await seconds(2);
    await stage.proxy.comeBack();
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(model.requests).toHaveLength(1);
    expect(await stage.ledger(runId)).toMatchObject([{ attempt: 1, outcome: 'completed' }]);
  });

  /** Whether a reader was told of the run's end as it happened; the archive tells this reader nothing. */
  async function endIsTold(runId: string): Promise<() => Promise<boolean>> {
    const told = Promise.withResolvers<true>();
    const read = async (cursors: readonly unknown[]) => cursors.map(() => ({ events: [], more: false, ended: false }));
    const hub = new RunEventHub({ subscriber: stage.connect(connectForSubscribing), archive: { read } });
    // A cursor beyond the log leaves nothing to wait for but its end.
    const after = { attempt: 99, n: 1 };
    const onChunk = ({ terminal }: { terminal: boolean }) => (terminal ? told.resolve(true) : undefined);
    await hub.follow(runId, { after, fresh: true, onChunk, onError: told.reject }).ready;
    return () => Promise.race([told.promise, seconds(10).then(() => false)]);
  }

  test('a commit whose reply is lost counts once, and the world hears of it', async () => {
    const { runId, model, release } = await begun('Said once');
    const isTold = await endIsTold(runId);
    stage.proxy.freeze('answers');
    release();
    await stage.ended(runId);
    await seconds(1);
    stage.proxy.thaw();
    expect(await isTold()).toBe(true);
    expect(await stage.read(runId)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(model.requests).toHaveLength(1);
    expect(await stage.ledger(runId)).toEqual([
      { attempt: 1, outcome: 'completed', input_tokens: 10, output_tokens: 5, estimated: false },
    ]);
  });

  test('a turn is let go when Postgres says nothing at all, and the run goes on when it speaks again', async () => {
    await stage.startWorker({ database: await stage.connectDatabase() });
    const { runId, model } = await stage.accept([{ type: 'hang', after: SAID }, answer('Again')]);
    await called(model);
    stage.proxy.freeze();
    // The second call is the sign: the first was let go and the run taken anew.
    await seconds(2.5);
    stage.proxy.thaw();
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed' });
    expect((await stage.ledger(runId)).map(({ outcome }) => outcome)).toEqual(['abandoned', 'completed']);
  });
});
