import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import {
  type AcceptedRun,
  type InteractResponse,
  type Message,
  newId,
  type Run,
  type RunResult,
  textOf,
} from '@troupe/contracts';
import { answer } from '@troupe/testing';
import { eventsOf, eventually } from '../gateway.test-events.js';
import { type CallOptions, type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
});

afterAll(() => gateway?.stop());

/** A turn that a test leaves behind would answer the next one. */
afterEach(() => gateway.model.assertDone());

function interact(body: object, options: CallOptions = {}): Promise<Response> {
  return gateway.call('POST', '/api/llm/interact', { body, ...options });
}

/** Accepts a run in the background. */
async function accepted(body: object, options?: CallOptions): Promise<AcceptedRun> {
  const response = await interact({ ...body, background: true }, options);
  expect(response.status).toBe(202);
  return (await response.json()) as AcceptedRun;
}

async function read<T>(path: string): Promise<T> {
  return (await (await gateway.call('GET', path)).json()) as T;
}

async function runOf(id: string): Promise<Run> {
  return (await read<RunResult>(`/api/runs/${id}`)).run;
}

/** Until the run has ended. */
async function endOf(id: string): Promise<RunResult> {
  await (await gateway.call('GET', `/api/runs/${id}/events`)).text();
  return read<RunResult>(`/api/runs/${id}`);
}

async function said(threadId: string): Promise<string[]> {
  const { data } = await read<{ data: Message[] }>(`/api/threads/${threadId}/messages`);
  return data.map(({ content }) => textOf(content));
}

/** A thread whose run is with the model and stays there until it is cancelled. */
async function hangingRun(): Promise<AcceptedRun> {
  const asked = gateway.model.requests.length;
  gateway.model.enqueue({ type: 'hang' });
  const first = await accepted({ message: 'first' });
  await eventually(async () => (gateway.model.requests.length > asked ? true : undefined));
  return first;
}

test('a message that is enqueued is answered after the one before it', async () => {
  gateway.worker.pause();
  gateway.model.enqueue(answer('One.'), answer('Two.'));
  const first = await accepted({ message: 'first' });
  const second = await accepted({ message: 'second', thread_id: first.thread_id, multitask_strategy: 'enqueue' });
  expect(second.status).toBe('waiting');
  expect(await runOf(second.run_id)).toMatchObject({
    status: 'waiting',
    wait_kind: 'thread',
    multitask_strategy: 'enqueue',
    input_message_id: null,
  });
  expect(await said(first.thread_id)).toEqual(['first']);
  gateway.worker.resume();
  expect(await endOf(second.run_id)).toMatchObject({ response: 'Two.', run: { status: 'completed' } });
  expect(await said(first.thread_id)).toEqual(['first', 'One.', 'second', 'Two.']);
});

test('who waits for a run that is enqueued gets its answer, and who streams it learns what it waits for', async () => {
  gateway.worker.pause();
  gateway.model.enqueue(answer('One.'), answer('Two.'), answer('Three.'));
  const first = await accepted({ message: 'first' });
  const { thread_id } = first;
  const streamed = await interact({ message: 'second', thread_id, multitask_strategy: 'enqueue', stream: true });
  const waited = interact({ message: 'third', thread_id, multitask_strategy: 'enqueue' });
  await eventually(async () => {
    const { data } = await read<{ data: Run[] }>(`/api/threads/${thread_id}/runs`);
    return data.length === 3 ? true : undefined;
  });
  gateway.worker.resume();
  const events = await eventsOf(streamed);
  expect(events[0]).toMatchObject({ type: 'run.queued', data: { thread_id, behind: first.run_id } });
  expect(events[1]?.type).toBe('run.started');
  expect(events.at(-1)?.type).toBe('run.completed');
  expect((await (await waited).json()) as InteractResponse).toMatchObject({ response: 'Three.', thread_id });
  const again = await eventsOf(await gateway.call('GET', `/api/runs/${streamed.headers.get('x-run-id')}/events`));
  expect(again).toEqual(events);
});

test('an interrupt ends the run at work, and its message follows', async () => {
  const first = await hangingRun();
  gateway.model.enqueue(answer('Two.'));
  const body = { message: 'second', thread_id: first.thread_id, multitask_strategy: 'interrupt' };
  expect(await (await interact(body)).json()).toMatchObject({ response: 'Two.' });
  expect(await runOf(first.run_id)).toMatchObject({ status: 'cancelled' });
  expect(await said(first.thread_id)).toEqual(['first', 'second', 'Two.']);
});

test('a rollback takes the place of the message before it', async () => {
  const first = await hangingRun();
  gateway.model.enqueue(answer('Two.'));
  const body = { message: 'second', thread_id: first.thread_id, multitask_strategy: 'rollback' };
  const response = (await (await interact(body)).json()) as InteractResponse;
  expect(gateway.model.requests.at(-1)?.messages).toHaveLength(1);
  expect(await runOf(response.run_id)).toMatchObject({ replaces_run_id: first.run_id });
  const { data } = await read<{ data: Message[] }>(`/api/threads/${first.thread_id}/messages`);
  expect(data.map(({ parent_id }) => parent_id)).toEqual([null, null, data[1]?.id]);
  expect(await read(`/api/threads/${first.thread_id}`)).toMatchObject({ message_count: 2 });
});

test('a cancel by hand lets the next one start', async () => {
  const first = await hangingRun();
  gateway.model.enqueue(answer('Two.'));
  const second = await accepted({ message: 'second', thread_id: first.thread_id, multitask_strategy: 'enqueue' });
  await gateway.call('POST', `/api/runs/${first.run_id}/cancel`);
  expect(await endOf(second.run_id)).toMatchObject({ response: 'Two.' });
  gateway.worker.pause();
  const third = await accepted({ message: 'third', thread_id: first.thread_id });
  const fourth = await accepted({ message: 'fourth', thread_id: first.thread_id, multitask_strategy: 'enqueue' });
  // With a key the whole request is one transaction; the line moves after it.
  await gateway.call('POST', `/api/runs/${third.run_id}/cancel`, { headers: { 'idempotency-key': newId() } });
  gateway.model.enqueue(answer('Four.'));
  gateway.worker.resume();
  expect(await endOf(fourth.run_id)).toMatchObject({ response: 'Four.' });
});

test('a message that steers is read by the run at work, whose answer it gets', async () => {
  gateway.worker.pause();
  gateway.model.enqueue(answer('Both.'));
  const first = await accepted({ message: 'first' });
  const body = { message: 'second', thread_id: first.thread_id, multitask_strategy: 'steer' };
  const background = await accepted(body);
  expect(background).toEqual({ ...first, steered: true });
  const streamed = await interact({ ...body, message: 'third', stream: true });
  expect(streamed.headers.get('x-run-id')).toBe(first.run_id);
  const waited = interact({ ...body, message: 'fourth' });
  await eventually(async () => {
    const text = 'SELECT jsonb_array_length(steering) AS unread FROM runs WHERE id = $1';
    const statement = { name: 'test-unread', text };
    const [row] = await gateway.database.query<{ unread: number }>(statement, [first.run_id]);
    return row?.unread === 3 ? true : undefined;
  });
  gateway.worker.resume();
  expect(await (await waited).json()).toMatchObject({ run_id: first.run_id, response: 'Both.' });
  const events = await eventsOf(streamed);
  const received = events.flatMap((event) => (event.type === 'message.received' ? [textOf(event.data.content)] : []));
  expect(received).toEqual(['second', 'third', 'fourth']);
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['run.queued', 'run.completed']));
  expect(await said(first.thread_id)).toEqual(['first', 'second', 'third', 'fourth', 'Both.']);
});

test.each(['enqueue', 'interrupt', 'rollback', 'steer'])('%s minds the Idempotency-Key', async (strategy) => {
  gateway.worker.pause();
  const first = await accepted({ message: 'first' });
  const body = { message: 'second', thread_id: first.thread_id, multitask_strategy: strategy };
  const options = { headers: { 'idempotency-key': newId() } };
  const second = await accepted(body, options);
  const again = await interact({ ...body, background: true }, options);
  expect(again.status).toBe(202);
  expect(await again.json()).toMatchObject({
    run_id: second.run_id,
    ...(strategy === 'steer' && { steered: true }),
  });
  const { data } = await read<{ data: Run[] }>(`/api/threads/${first.thread_id}/runs`);
  expect(data).toHaveLength(strategy === 'steer' ? 1 : 2);
  await gateway.call('POST', `/api/runs/${second.run_id}/cancel`);
  await gateway.call('POST', `/api/runs/${first.run_id}/cancel`);
  gateway.worker.resume();
});

test('agents take the field too, for sessions that several share', async () => {
  gateway.worker.pause();
  gateway.model.enqueue(answer('One.'), answer('Two.'));
  const session_id = newId().replaceAll('-', '_');
  const run = (agent: string, input: string) =>
    gateway.call('POST', `/api/agents/${agent}/run`, { body: { input, session_id, multitask_strategy: 'enqueue' } });
  const first = run('cherry', 'first');
  await eventually(async () => {
    const text = 'SELECT active_run_id FROM threads WHERE external_id = $1';
    const [row] = await gateway.database.query<{ active_run_id: string | null }>({ name: 'test-session', text }, [
      session_id,
    ]);
    return row?.active_run_id ?? undefined;
  });
  const second = run('assistant', 'second');
  gateway.worker.resume();
  expect(await (await first).json()).toMatchObject({ final_output: 'One.', session_id });
  expect(await (await second).json()).toMatchObject({ final_output: 'Two.', session_id });
});

test('a strategy that does not exist is refused with those that do', async () => {
  const response = await interact({ message: 'Hello', multitask_strategy: 'queue' });
  expect(response.status).toBe(400);
  expect(JSON.stringify(await response.json())).toContain('enqueue');
});

test("another tenant's thread is not found, whatever the strategy", async () => {
  const first = await hangingRun();
  for (const multitask_strategy of ['enqueue', 'interrupt', 'rollback', 'steer']) {
    const body = { message: 'psst', thread_id: first.thread_id, multitask_strategy };
    expect((await interact(body, { key: gateway.otherTenantKey })).status).toBe(404);
  }
  expect((await runOf(first.run_id)).status).toBe('running');
  await gateway.call('POST', `/api/runs/${first.run_id}/cancel`);
  await endOf(first.run_id);
});
