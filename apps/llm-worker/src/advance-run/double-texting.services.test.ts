import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type MultitaskStrategy, newId, type RunEvent, textOf } from '@troupe/contracts';
import { acceptRun, cancelRun, listMessages } from '@troupe/database';
import type { ChatModel, ModelRequest } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';

/** A scripted model whose first call waits to be let through. */
class HeldModel implements ChatModel {
  readonly id = 'scripted/held';
  readonly accounts = ['none'];
  readonly capabilities = new ScriptedModel().capabilities;
  readonly script: ScriptedModel;
  readonly #asked = Promise.withResolvers<void>();
  readonly #gate = Promise.withResolvers<void>();

  constructor(script: ScriptedTurn[]) {
    this.script = new ScriptedModel(script, { id: this.id });
  }

  /** Resolves when the first call has come. */
  get asked(): Promise<void> {
    return this.#asked.promise;
  }

  letThrough(): void {
    this.#gate.resolve();
  }

  generate(): Promise<never> {
    throw new Error('Turns are streamed.');
  }

  async *stream(request: ModelRequest, options?: { signal?: AbortSignal }) {
    this.#asked.resolve();
    const aborted = new Promise<void>((resolve) => options?.signal?.addEventListener('abort', () => resolve()));
    await Promise.race([this.#gate.promise, aborted]);
    yield* this.script.stream(request, options);
  }
}

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.close());

async function startWorker(script: ScriptedTurn[]): Promise<HeldModel> {
  const model = new HeldModel(script);
  await stage.startWorker({ models: { defaultModel: model.id, resolve: () => model, list: async () => [] } });
  return model;
}

/** Accepts a message and leaves the rest to the workers' own looks. */
function send(text: string, threadId?: string, multitaskStrategy?: MultitaskStrategy) {
  return acceptRun(stage.database, {
    runId: newId(),
    tenantId: stage.tenantId,
    userId: null,
    thread: threadId === undefined ? { type: 'new' } : { type: 'id', id: threadId },
    agent: null,
    defaultAgent: 'a',
    model: null,
    defaultModel: 'scripted/held',
    content: [{ type: 'text', text }],
    deadlineSeconds: 60,
    multitaskStrategy,
    idempotency: null,
  });
}

async function said(threadId: string): Promise<string[]> {
  const page = { cursor: null, limit: 100, order: 'asc' } as const;
  const messages = await listMessages(stage.database, { tenantId: stage.tenantId, threadId }, page);
  return messages.filter(({ role }) => role !== 'tool').map(({ content }) => textOf(content));
}

function asks(request: ModelRequest | undefined): string[] {
  return request?.messages.flatMap(({ role, content }) => (role === 'user' ? [textOf(content)] : [])) ?? [];
}

function ofType<T extends RunEvent['type']>(events: RunEvent[], type: T) {
  return events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
}

describe('a message that steers a run', () => {
  test('in its last turn keeps it going, and is answered by a turn more', async () => {
    const model = await startWorker([answer('One.'), answer('Both.')]);
    const { runId, threadId } = await send('first');
    await model.asked;
    expect(await send('second', threadId, 'steer')).toMatchObject({ runId, steered: true });
    model.letThrough();
    const run = await stage.ended(runId);
    expect(run).toMatchObject({ status: 'completed', stop_reason: 'end_turn', step: 2, attempt: 2 });
    expect(run.usage).toMatchObject({ input_tokens: 20, output_tokens: 10 });
    expect(model.script.requests.map(asks)).toEqual([['first'], ['first', 'second']]);
    expect(await said(threadId)).toEqual(['first', 'One.', 'second', 'Both.']);
    const events = await stage.events(runId);
    expect(ofType(events, 'run.completed')).toHaveLength(1);
    expect(ofType(events, 'message.completed')).toHaveLength(2);
    const [received] = ofType(events, 'message.received');
    expect(received?.data.content).toEqual([{ type: 'text', text: 'second' }]);
    expect(events.indexOf(received as RunEvent)).toBeLessThan(
      events.findLastIndex(({ type }) => type === 'step.started'),
    );
    const rows = await stage.sql('SELECT role FROM messages WHERE id = $1 AND agent IS NULL', [
      received?.data.message_id,
    ]);
    expect(rows).toEqual([{ role: 'user' }]);
    expect(await stage.sql('SELECT kind FROM follow_up_tasks WHERE run_id = $1', [runId])).toHaveLength(1);
  });

  test('between a call and its result is read after the result', async () => {
    const model = await startWorker([
      callTools([{ name: 'calculate', arguments: { expression: '2+2' } }]),
      answer('Done.'),
    ]);
    model.letThrough();
    const { runId, threadId } = await send('first');
    await stage.until(runId, ({ status }) => status === 'waiting');
    await send('second', threadId, 'steer');
    await stage.sql(`UPDATE runs SET status = 'queued', pending_tool_calls = 0, step = 2 WHERE id = $1`, [runId]);
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed' });
    expect(model.script.requests[1]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user']);
    expect((await said(threadId)).slice(-2)).toEqual(['second', 'Done.']);
  });

  test('stays in the thread when the run is cancelled before it reads it', async () => {
    const model = await startWorker([answer('One.')]);
    const { runId, threadId } = await send('first');
    await model.asked;
    await send('second', threadId, 'steer');
    await cancelRun(stage.database, stage.tenantId, runId);
    expect(await stage.ended(runId)).toMatchObject({ status: 'cancelled' });
    expect(await said(threadId)).toEqual(['first', 'second']);
  });
});

describe('runs that wait for a thread', () => {
  test('start one after another, each when the one before it has ended', async () => {
    const model = await startWorker([answer('One.'), answer('Two.'), answer('Three.')]);
    const first = await send('first');
    await model.asked;
    const second = await send('second', first.threadId, 'enqueue');
    const third = await send('third', first.threadId, 'enqueue');
    model.letThrough();
    await stage.ended(third.runId);
    expect((await stage.read(second.runId)).status).toBe('completed');
    expect(await said(first.threadId)).toEqual(['first', 'One.', 'second', 'Two.', 'third', 'Three.']);
  });

  test('interrupt the run at work though nobody told its worker so', async () => {
    const model = await startWorker([answer('One.'), answer('Two.')]);
    const first = await send('first');
    await model.asked;
    // The gateway dies here: only the workers' own looks are left.
    const second = await send('second', first.threadId, 'interrupt');
    await stage.ended(first.runId);
    expect((await stage.read(first.runId)).status).toBe('cancelled');
    model.letThrough();
    await stage.ended(second.runId);
    expect((await said(first.threadId)).slice(0, 2)).toEqual(['first', 'second']);
  });

  test('start when the deadline of the parked run before them has passed', async () => {
    const model = await startWorker([
      callTools([{ name: 'calculate', arguments: { expression: '2+2' } }]),
      answer('Two.'),
    ]);
    model.letThrough();
    const first = await send('first');
    await stage.until(first.runId, ({ status }) => status === 'waiting');
    const second = await send('second', first.threadId, 'enqueue');
    await stage.sql('UPDATE runs SET deadline_at = now() WHERE id = $1', [first.runId]);
    expect(await stage.ended(second.runId)).toMatchObject({ status: 'completed' });
    expect((await stage.read(first.runId)).status).toBe('expired');
  });

  test('start though the worker that ended the run before them died at once', async () => {
    const first = await send('first');
    const second = await send('second', first.threadId, 'enqueue');
    await cancelRun(stage.database, stage.tenantId, first.runId);
    const model = await startWorker([answer('Two.')]);
    model.letThrough();
    expect(await stage.ended(second.runId)).toMatchObject({ status: 'completed' });
  });
});
